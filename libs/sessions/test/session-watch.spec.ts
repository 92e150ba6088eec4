import { ManualClock } from '@nest-channels/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { HttpSessionUser } from '@nest-channels/sessions';
import { Consumer, Message, Msg } from 'nest-channels';
import { SessionWatch } from '../src/session-watch.js';
import { SessionsApp, stopSessionsApps } from './support/sessions-app.js';

afterEach(stopSessionsApps);

@Injectable()
class Members {
  @Consumer('websocket.connect', { path: '/members' })
  @HttpSessionUser()
  connect(@Msg() message: Message) {
    return message.accept();
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

async function startOnClock(): Promise<{ app: SessionsApp; clock: ManualClock }> {
  const clock = new ManualClock();
  return { clock, app: await SessionsApp.start({ consumers: [Members], sessions: { clock } }) };
}
