import { afterEach, describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { ChannelSessionUserFromHttp } from '@nest-channels/sessions';
import { Consumers, type Life, type Message, WebsocketConsumer } from 'nest-channels';
import { type Person, SessionsApp, stopSessionsApps } from './support/sessions-app.js';

afterEach(stopSessionsApps);

const nameOf = (user: unknown): string => (user as Person | null)?.name ?? 'nobody';

/** Are consumers of a life, one for each flag. */
function consumersOf(life: Life): Type[] {
  @Consumers({ life, path: '/counter' })
  class Counter extends WebsocketConsumer<{ count?: number }> {
    override readonly channelSession = true;

    override receive(): string {
      this.state.count = (this.state.count ?? 0) + 1;
      return String(this.state.count);
    }
  }

  @Consumers({ life, path: '/known' })
  class Known extends WebsocketConsumer {
    override readonly channelSessionUser = true;

    @ChannelSessionUserFromHttp()
    override connect(message: Message): Promise<void> {
      return message.accept();
    }

    override receive(): string {
      return nameOf(this.message.user);
    }
  }

  @Consumers({ life, path: '/unknown' })
  class Unknown extends WebsocketConsumer {
    override readonly channelSessionUser = true;

    override receive(): string {
      return nameOf(this.message.user);
    }
  }

  @Consumers({ life, path: '/user' })
  class UserConsumer extends WebsocketConsumer {
    override readonly httpUser = true;

    override receive(): string {
      return nameOf(this.message.user);
    }
  }

  @Consumers({ life, path: '/both' })
  class BothConsumer extends WebsocketConsumer {
    override readonly httpUserAndSession = true;

    override receive(): string {
      return `${nameOf(this.message.user)} ${String(this.message.httpSession?.['theme'])}`;
    }
  }
  return [Counter, Known, Unknown, UserConsumer, BothConsumer];
}

describe.each<Life>(['message', 'connection'])('a class-based consumer of life %s', (life) => {
  const start = (): Promise<SessionsApp> => SessionsApp.start({ consumers: consumersOf(life) });

  it('has a state of its connection', async () => {
    const browser = await (await start()).browser();
    const [one, other] = [await browser.open('/counter'), await browser.open('/counter')];
    expect([await one.ask(''), await one.ask(''), await other.ask('')]).toEqual(['1', '2', '1']);
  });

  it('has the user that its connection was given, and nobody without', async () => {
    const browser = await (await start()).browser('ada');
    expect(await (await browser.open('/known')).ask('who?')).toBe('ada');
    expect(await (await browser.open('/unknown')).ask('who?')).toBe('nobody');
  });

  it('has the user of the HTTP session for every frame', async () => {
    const app = await start();
    expect(await (await (await app.browser('ada')).open('/user')).ask('who?')).toBe('ada');
    expect(await (await (await app.browser()).open('/user')).ask('who?')).toBe('nobody');
  });

  it('has the HTTP session too, as it is at each frame', async () => {
    const browser = await (await start()).browser('ada');
    const socket = await browser.open('/both');
    await browser.visit('/visit?theme=dark');
    expect(await socket.ask('who?')).toBe('ada dark');
  });
});
