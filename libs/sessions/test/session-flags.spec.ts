import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Consumers, WebsocketConsumer } from 'nest-channels';
import { type Person, SessionsApp, stopSessionsApps } from './support/sessions-app.js';

afterEach(stopSessionsApps);

const nameOf = (user: unknown): string => (user as Person | null)?.name ?? 'nobody';

@Injectable()
@Consumers({ path: '/counter' })
class Counter extends WebsocketConsumer<{ count?: number }> {
  override readonly channelSession = true;

  override receive(): string {
    this.state.count = (this.state.count ?? 0) + 1;
    return String(this.state.count);
  }
}

@Injectable()
@Consumers({ path: '/user' })
class UserConsumer extends WebsocketConsumer {
  override readonly httpUser = true;

  override receive(): string {
    return nameOf(this.message.user);
  }
}

@Injectable()
@Consumers({ path: '/both' })
class BothConsumer extends WebsocketConsumer {
  override readonly httpUserAndSession = true;

  override receive(): string {
    return `${nameOf(this.message.user)} ${String(this.message.httpSession?.['theme'])}`;
  }
}

describe('a class-based consumer', () => {
  it('has the session of its connection as its state', async () => {
    const app = await SessionsApp.start({ consumers: [Counter] });
    const socket = await (await app.browser()).open('/counter');
    expect(await socket.ask('one')).toBe('1');
    expect(await socket.ask('two')).toBe('2');
  });

  it('has the user of the HTTP session for every frame', async () => {
    const app = await SessionsApp.start({ consumers: [UserConsumer] });
    expect(await (await (await app.browser('ada')).open('/user')).ask('who?')).toBe('ada');
    expect(await (await (await app.browser()).open('/user')).ask('who?')).toBe('nobody');
  });

  it('has the HTTP session too, as it is at each frame', async () => {
    const app = await SessionsApp.start({ consumers: [BothConsumer] });
    const browser = await app.browser('ada');
    const socket = await browser.open('/both');
    await browser.visit('/visit?theme=dark');
    expect(await socket.ask('who?')).toBe('ada dark');
  });
});
