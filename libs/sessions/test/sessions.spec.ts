import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { HttpSessionUser } from '@nest-channels/sessions';
import { Consumer, Message, Msg } from 'nest-channels';
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

describe('a session', () => {
  it('has maxConnectionsPerSession connections at most, 429 beyond', async () => {
    const sessions = { maxConnectionsPerSession: 2 };
    const app = await SessionsApp.start({ consumers: [Members], sessions });
    const ada = await app.browser('ada');
    const [first] = [await ada.open('/members'), await ada.open('/members')];
    expect(await ada.socket('/members').outcome).toBe(429);
    await first.end();
    expect(await (await app.browser('bob')).socket('/members').outcome).toBe(101);
  });

  it('is not asked for by a connection that names none', async () => {
    const app = await SessionsApp.start({ consumers: [Members] });
    await (await app.browser()).open('/members');
    expect(app.store.counts.get).toBe(0);
  });
});
