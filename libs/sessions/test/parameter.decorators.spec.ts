import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  AuthenticatedOnly,
  ChannelAndHttpSessionUserFromHttp,
  ChannelSessionParam,
  CurrentUser,
  HttpSessionParam,
} from '@nest-channels/sessions';
import { Consumer, Consumers, Message, Msg } from 'nest-channels';
import { SessionsApp, stopSessionsApps } from './support/sessions-app.js';

afterEach(stopSessionsApps);

@Injectable()
@Consumers({ path: '/parts' })
class Parts {
  @Consumer('websocket.connect')
  @ChannelAndHttpSessionUserFromHttp()
  connect(
    @Msg() message: Message,
    @CurrentUser('name') name: unknown,
    @HttpSessionParam('theme') theme: unknown,
    @HttpSessionParam() http: object | undefined,
    @ChannelSessionParam('missing') missing: unknown,
    @ChannelSessionParam() channel: object,
  ) {
    const isWhole = http === message.httpSession && channel === message.channelSession;
    return message.reply([name, theme ?? null, missing ?? null, isWhole]);
  }
}

@Injectable()
class Undecorated {
  @Consumer('websocket.connect', { path: '/user' })
  user(@CurrentUser() user: unknown) {
    return user;
  }

  @Consumer('websocket.connect', { path: '/session' })
  session(@ChannelSessionParam() session: unknown) {
    return session;
  }

  @Consumer('websocket.connect', { path: '/guard' })
  @AuthenticatedOnly()
  guard(@Msg() message: Message) {
    return message.accept();
  }
}

describe('the parameters of a handler', () => {
  it('are sessions and user, or one key of them', async () => {
    const app = await SessionsApp.start({ consumers: [Parts] });
    const browser = await app.browser('ada');
    await browser.visit('/visit?theme=dark');
    const socket = await browser.open('/parts');
    expect(await socket.next()).toBe('["ada","dark",null,true]');
  });

  it('are null for the user and undefined for the HTTP session of nobody', async () => {
    const app = await SessionsApp.start({ consumers: [Parts] });
    const socket = await (await app.browser()).open('/parts');
    expect(await socket.next()).toBe('[null,null,null,true]');
  });

  it.each(['/user', '/session', '/guard'])(
    'are an error that names the missing decorator: %s',
    async (path) => {
      const app = await SessionsApp.start({ consumers: [Undecorated] });
      expect(await (await app.browser()).socket(path).outcome).toBe(500);
      await app.logged('CHANNELS_SESSION_UNOPENED');
    },
  );
});
