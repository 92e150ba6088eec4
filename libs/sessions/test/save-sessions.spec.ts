import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { ChannelSession } from '@nest-channels/sessions';
import { Consumer, Message, Msg } from 'nest-channels';
import { SessionsApp, stopSessionsApps } from './support/sessions-app.js';

afterEach(stopSessionsApps);

@Injectable()
class Writers {
  @Consumer('websocket.connect', { path: '/save' })
  @ChannelSession()
  connect(@Msg() message: Message) {
    message.channelSession!['since'] = 'connect';
    return message.reply('accepted');
  }

  @Consumer('websocket.receive', { path: '/save' })
  @ChannelSession()
  receive(@Msg() message: Message) {
    return String(message.channelSession!['since']);
  }
}

describe('what a handler put into a session', () => {
  it('is stored before the client is answered', async () => {
    const app = await SessionsApp.start({ consumers: [Writers] });
    const socket = await (await app.browser()).open('/save');
    expect(await socket.next()).toBe('accepted');
    expect(app.store.counts.set).toBe(1);
    expect(await socket.ask('since?')).toBe('connect');
  });

  it('fails the handler when it cannot be stored: the connection it accepted is closed', async () => {
    const app = await SessionsApp.start({ consumers: [Writers] });
    app.store.set = (_id, _data, callback) => callback?.(new Error('full'));
    expect(await (await app.browser()).socket('/save').closed).toBe(1011);
    await app.logged('CHANNELS_SESSION_STORE_FAILED');
  });
});
