import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  ChannelAndHttpSessionUserFromHttp,
  ChannelSession,
  ChannelSessionUser,
  ChannelSessionUserFromHttp,
  CurrentUser,
  HttpSessionUser,
} from '@nest-channels/sessions';
import { Consumer, Consumers, Message, Msg } from 'nest-channels';
import { type Person, SessionsApp, stopSessionsApps } from '../support/sessions-app.js';

afterEach(stopSessionsApps);

const nameOf = (user: Person | null): string => (user ? user.name : 'nobody');

@Injectable()
@Consumers({ path: '/who' })
class Who {
  @Consumer('websocket.connect')
  @ChannelSessionUserFromHttp()
  connect(@Msg() message: Message, @CurrentUser() user: Person | null) {
    return message.reply(`hello ${nameOf(user)}`);
  }

  @Consumer('websocket.receive')
  @ChannelSessionUser()
  receive(@CurrentUser() user: Person | null) {
    return nameOf(user);
  }
}

@Injectable()
@Consumers({ path: '/class' })
@ChannelAndHttpSessionUserFromHttp()
class WholeClass {
  @Consumer('websocket.connect')
  connect(@Msg() message: Message) {
    return message.accept();
  }

  @Consumer('websocket.receive')
  receive(@Msg() message: Message) {
    return { user: message.user, theme: message.httpSession?.['theme'] };
  }
}

@Injectable()
@Consumers({ path: '/http' })
class HttpOnly {
  @Consumer('websocket.connect')
  @HttpSessionUser()
  connect(@Msg() message: Message) {
    return message.reply(nameOf(message.user as Person | null));
  }
}

@Injectable()
@Consumers({ path: '/plain' })
class Plain {
  @Consumer('websocket.receive')
  receive(@Msg() message: Message) {
    return typeof message.user;
  }
}

describe('the user of a connection', () => {
  it('is who is logged in over HTTP, at connect and for later frames', async () => {
    const app = await SessionsApp.start({ consumers: [Who] });
    const socket = await (await app.browser('ada')).open('/who');
    expect(await socket.next()).toBe('hello ada');
    expect(await socket.ask('and now?')).toBe('ada');
  });

  it('is null for a browser without a session', async () => {
    const app = await SessionsApp.start({ consumers: [Who, HttpOnly] });
    const browser = await app.browser();
    const socket = await browser.open('/who');
    expect(await socket.next()).toBe('hello nobody');
    expect(await socket.ask('and now?')).toBe('nobody');
    expect(await (await browser.open('/http')).next()).toBe('nobody');
  });

  it('is null when the user of the session is gone', async () => {
    const app = await SessionsApp.start({ consumers: [HttpOnly] });
    const browser = await app.browser('ada');
    app.people.delete('id-ada');
    expect(await (await browser.open('/http')).next()).toBe('nobody');
  });

  it('is undefined where nothing looked', async () => {
    const app = await SessionsApp.start({ consumers: [Plain] });
    const socket = await (await app.browser('ada')).open('/plain');
    expect(await socket.ask('who?')).toBe('undefined');
  });

  it('is there for all handlers of a decorated class, with the HTTP session', async () => {
    const app = await SessionsApp.start({ consumers: [WholeClass] });
    const browser = await app.browser('bob');
    const socket = await browser.open('/class');
    await browser.visit('/visit?theme=dark');
    expect(JSON.parse(await socket.ask('who?'))).toEqual({
      user: { id: 'id-bob', name: 'bob' },
      theme: 'dark',
    });
  });

  it('costs one read of the store at connect, and none for a frame without a session', async () => {
    const app = await SessionsApp.start({ consumers: [Who, Plain] });
    const browser = await app.browser('ada');
    app.store.counts.get = 0;
    await browser.open('/who');
    expect(app.store.counts.get).toBe(1);
    const plain = await browser.open('/plain');
    await plain.ask('who?');
    expect(app.store.counts.get).toBe(1);
  });
});

describe('a decorator of sessions', () => {
  it('may be repeated on class and method', async () => {
    @Injectable()
    @Consumers({ path: '/twice' })
    @ChannelSession()
    class Twice {
      @Consumer('websocket.receive')
      @ChannelSession()
      receive(@Msg() message: Message) {
        const session = message.channelSession!;
        session['count'] = Number(session['count'] ?? 0) + 1;
        return String(session['count']);
      }
    }
    const app = await SessionsApp.start({ consumers: [Twice] });
    const socket = await (await app.browser()).open('/twice');
    expect(await socket.ask('one')).toBe('1');
    expect(await socket.ask('two')).toBe('2');
  });
});
