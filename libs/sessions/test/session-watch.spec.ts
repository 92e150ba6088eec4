import { ManualClock } from '@nest-channels/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { ChannelSessionUserFromHttp, HttpSessionUser } from '@nest-channels/sessions';
import { type ChannelsModuleOptions, Consumer, Message, Msg } from 'nest-channels';
import { SessionWatch } from '../src/session-watch.js';
import { CountingStore } from './support/counting-store.js';
import { Gate } from './support/gate.js';
import { SessionsApp, stopSessionsApps } from './support/sessions-app.js';
import { sharedLayer } from './support/shared-layer.js';

afterEach(stopSessionsApps);

@Injectable()
class Members {
  @Consumer('websocket.connect', { path: '/members' })
  @HttpSessionUser()
  connect(@Msg() message: Message) {
    return message.accept();
  }

  @Consumer('websocket.receive', { path: '/members' })
  receive() {
    return 'still here';
  }

  @Consumer('websocket.connect', { path: '/speakers' })
  @ChannelSessionUserFromHttp()
  speak(@Msg() message: Message) {
    return message.accept();
  }

  @Consumer('websocket.receive', { path: '/speakers' })
  @ChannelSessionUserFromHttp()
  spoken() {
    return 'heard';
  }
}

/** Is a store that answers reads when it is let. */
class HeldStore extends CountingStore {
  gate?: Gate;

  override get(...args: Parameters<CountingStore['get']>): void {
    void (this.gate?.pass() ?? Promise.resolve()).then(() => super.get(...args));
  }
}

describe('a session with open connections', () => {
  it('is looked at every 60 s: kept alive while it lasts, and left when nobody uses it', async () => {
    const { app, clock } = await startOnClock();
    const ada = await app.browser('ada');
    const socket = await ada.open('/members');
    const watch = app.app.get(SessionWatch, { strict: false });
    for (const touches of [1, 2]) {
      clock.advance(60_000);
      await app.store.until(() => app.store.counts.touch === touches);
    }
    expect(watch.size).toBe(1);
    await socket.end();
    while (watch.size > 0) {
      clock.advance(60_000);
      await new Promise(setImmediate);
    }
  });

  it('that has vanished has its connections closed', async () => {
    const { app, clock } = await startOnClock();
    const socket = await (await app.browser('ada')).open('/members');
    // As by somebody whose process has no part in this.
    app.store.clear();
    clock.advance(60_000);
    expect(await socket.closed).toBe(4401);
  });

  it('whose user is gone has its connections closed', async () => {
    const { app, clock } = await startOnClock();
    const socket = await (await app.browser('ada')).open('/members');
    app.people.delete('id-ada');
    clock.advance(60_000);
    expect(await socket.closed).toBe(4401);
  });

  it('is left alone while the store fails', async () => {
    const { app, clock } = await startOnClock();
    const ada = await app.browser('ada');
    const socket = await ada.open('/members');
    app.store.reading = 'error';
    clock.advance(60_000);
    await app.logged('could not be looked at again');
    await new Promise(setImmediate);
    app.store.reading = 'session';
    clock.advance(60_000);
    await app.store.until(() => app.store.counts.touch === 1);
    await socket.end();
  });
});

describe('the watch over sessions', () => {
  it('closes no connection because its own process stops while it looks', async () => {
    const [store, clock] = [new HeldStore(), new ManualClock()];
    const app = await SessionsApp.start({ consumers: [Members], sessions: { clock, store } });
    const socket = await (await app.browser('ada')).open('/members');
    const gate = new Gate();
    store.gate = gate;
    clock.advance(60_000);
    await gate.arrived(1);
    app.app.get(SessionWatch, { strict: false }).close();
    gate.open();
    await store.until(() => store.counts.touch === 1);
    expect(await socket.ask('and now?')).toBe('still here');
  });

  it('is taken up by another worker with the next frame when one has stopped', async () => {
    const layers = { default: sharedLayer() };
    const store = new CountingStore();
    const start = (clock: ManualClock, channels: ChannelsModuleOptions): Promise<SessionsApp> =>
      SessionsApp.start({ consumers: [Members], channels, sessions: { clock, store } });
    const first = await start(new ManualClock(), {
      layers,
      worker: { onlyChannels: ['websocket.connect'] },
    });
    const clock = new ManualClock();
    const second = await start(clock, {
      layers,
      worker: { excludeChannels: ['websocket.connect'] },
    });
    const socket = await (await second.browser('ada')).open('/speakers');
    await first.stop();
    expect(await socket.ask('hello')).toBe('heard');
    store.clear();
    clock.advance(60_000);
    expect(await socket.closed).toBe(4401);
  });
});

async function startOnClock(): Promise<{ app: SessionsApp; clock: ManualClock }> {
  const clock = new ManualClock();
  return { clock, app: await SessionsApp.start({ consumers: [Members], sessions: { clock } }) };
}
