import { ManualClock } from '@nest-channels/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { ChannelAndHttpSessionUserFromHttp, ChannelSession } from '@nest-channels/sessions';
import { Consumer, Consumers, Message, Msg } from 'nest-channels';
import { SessionsApp, stopSessionsApps } from './support/sessions-app.js';

afterEach(stopSessionsApps);

const handled: string[] = [];

@Injectable()
@Consumers({ path: '/who' })
@ChannelAndHttpSessionUserFromHttp()
class Who {
  @Consumer('websocket.connect')
  connect(@Msg() message: Message) {
    message.channelSession!['name'] = 'somebody';
    return message.accept();
  }

  @Consumer('websocket.receive')
  receive(@Msg() message: Message) {
    handled.push('frame');
    return JSON.stringify(message.user);
  }
}

@Injectable()
class Counter {
  @Consumer('websocket.connect', { path: '/anonymous' })
  connect(@Msg() message: Message) {
    return message.accept();
  }

  @Consumer('websocket.receive', { path: '/anonymous' })
  @ChannelSession()
  receive() {
    return 'handled';
  }
}

describe('a store that', () => {
  it.each(['error', 'throw', 'garbage'] as const)(
    'comes to %s lets nobody in: 503',
    async (how) => {
      const app = await SessionsApp.start({ consumers: [Who] });
      const browser = await app.browser('ada');
      app.store.reading = how;
      expect(await browser.socket('/who').outcome).toBe(503);
      await app.logged('CHANNELS_SESSION_STORE_FAILED');
      expect(app.lines.join('\n')).not.toContain('secret');
    },
  );

  it('is silent lets nobody in after 2 s: 503', async () => {
    const clock = new ManualClock();
    const app = await SessionsApp.start({ consumers: [Who], sessions: { clock } });
    const browser = await app.browser('ada');
    app.store.reading = 'silence';
    const { get } = app.store.counts;
    const socket = browser.socket('/who');
    await app.store.until(() => app.store.counts.get > get);
    clock.advance(2_000);
    expect(await socket.outcome).toBe(503);
  });

  it('fails hurts no browser without a cookie', async () => {
    const app = await SessionsApp.start({ consumers: [Who] });
    app.store.reading = 'error';
    expect(await (await app.browser()).socket('/who').outcome).toBe(101);
  });

  it('fails while a connection is open has it closed with 1013, its frame unhandled', async () => {
    handled.length = 0;
    const app = await SessionsApp.start({ consumers: [Who, Counter] });
    const browser = await app.browser('ada');
    const sockets = [await browser.open('/who'), await browser.open('/anonymous')];
    app.store.reading = 'error';
    for (const socket of sockets) socket.send('hello');
    expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([1013, 1013]);
    expect(handled).toEqual([]);
  });
});

describe('a look-up of the user that fails', () => {
  it('lets nobody in: 503', async () => {
    const app = await SessionsApp.start({ consumers: [Who] });
    const browser = await app.browser('ada');
    app.people.get = () => {
      throw new Error('password=secret');
    };
    expect(await browser.socket('/who').outcome).toBe(503);
    await app.logged('CHANNELS_SESSION_USER_FAILED');
    expect(app.lines.join('\n')).not.toContain('secret');
  });
});

describe('an HTTP session that is remembered', () => {
  it('and has ended has the connection closed with 4401 at its next frame', async () => {
    const app = await SessionsApp.start({ consumers: [Who] });
    const browser = await app.browser('ada');
    const [id] = await app.store.ids();
    const socket = await browser.open('/who');
    // As by a process that has no part in this.
    Object.getPrototypeOf(Object.getPrototypeOf(app.store)).destroy.call(app.store, id);
    socket.send('hello');
    expect(await socket.closed).toBe(4401);
  });

  it('and was left by its user is anonymous at the next frame', async () => {
    const app = await SessionsApp.start({ consumers: [Who] });
    const browser = await app.browser('ada');
    const socket = await browser.open('/who');
    expect(await socket.ask('who?')).toBe('{"id":"id-ada","name":"ada"}');
    await browser.visit('/visit?passport=');
    expect(await socket.ask('who?')).toBe('null');
  });
});
