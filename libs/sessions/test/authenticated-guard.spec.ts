import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { AuthenticatedOnly, ChannelSessionUserFromHttp } from '@nest-channels/sessions';
import { Consumer, Consumers, Message, Msg } from 'nest-channels';
import { SessionsApp, stopSessionsApps } from './support/sessions-app.js';

afterEach(stopSessionsApps);

let ended: (user: unknown) => void;

@Injectable()
@Consumers({ path: '/members' })
@AuthenticatedOnly()
@ChannelSessionUserFromHttp()
class Members {
  @Consumer('websocket.connect')
  connect(@Msg() message: Message) {
    return message.accept();
  }

  @Consumer('websocket.receive')
  receive() {
    return 'handled';
  }

  @Consumer('websocket.disconnect')
  disconnect(@Msg() message: Message) {
    ended(message.user);
  }
}

@Injectable()
class LateMembers {
  @Consumer('websocket.receive', { path: '/late' })
  @AuthenticatedOnly()
  @ChannelSessionUserFromHttp()
  receive() {
    return 'handled';
  }
}

describe('@AuthenticatedOnly()', () => {
  it('lets logged-in users pass, and refuses others with 401', async () => {
    const end = new Promise((resolve) => (ended = resolve));
    const app = await SessionsApp.start({ consumers: [Members] });
    expect(await (await app.browser()).socket('/members').outcome).toBe(401);
    const socket = await (await app.browser('ada')).open('/members');
    expect(await socket.ask('hello')).toBe('handled');
    await socket.end();
    expect(await end).toEqual({ id: 'id-ada', name: 'ada' });
  });

  it('refuses with 401 whose user is gone', async () => {
    const app = await SessionsApp.start({ consumers: [Members] });
    const ada = await app.browser('ada');
    app.people.delete('id-ada');
    expect(await ada.socket('/members').outcome).toBe(401);
  });

  it('closes with 4401 when an anonymous client speaks', async () => {
    const app = await SessionsApp.start({ consumers: [LateMembers] });
    const socket = await (await app.browser()).open('/late');
    socket.send('hello');
    expect(await socket.closed).toBe(4401);
  });

  it('lets the end of a connection pass, whose user may be gone', async () => {
    const end = new Promise((resolve) => (ended = resolve));
    const app = await SessionsApp.start({ consumers: [Members] });
    const ada = await app.browser('ada');
    const socket = await ada.open('/members');
    app.people.delete('id-ada');
    await socket.end();
    expect(await end).toBeNull();
  });
});
