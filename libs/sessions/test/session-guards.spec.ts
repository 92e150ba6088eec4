import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import {
  ChannelSessionUserFromHttpGuard,
  ChannelSessionUserGuard,
  HttpSessionGuard,
  HttpSessionUserGuard,
  SaveSessions,
} from '@nest-channels/sessions';
import { ChannelsExecutionContext, Consumer, Consumers, Message, Msg } from 'nest-channels';
import { type Person, SessionsApp, stopSessionsApps } from './support/sessions-app.js';

afterEach(stopSessionsApps);

/** Is any guard of an application that wants to know who comes. */
@Injectable()
class OnlyAda implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user } = ChannelsExecutionContext.create(context).getMessage();
    return (user as Person | null)?.name === 'ada';
  }
}

@Injectable()
@Consumers({ path: '/ada' })
class AdaConsumers {
  @Consumer('websocket.connect')
  @UseGuards(ChannelSessionUserFromHttpGuard, OnlyAda)
  @UseInterceptors(SaveSessions)
  connect(@Msg() message: Message) {
    return message.accept();
  }

  @Consumer('websocket.receive')
  @UseGuards(ChannelSessionUserGuard, OnlyAda)
  receive(@Msg() message: Message) {
    return (message.user as Person).name;
  }
}

@Injectable()
class HttpConsumers {
  @Consumer('websocket.connect', { path: '/http' })
  @UseGuards(HttpSessionGuard, HttpSessionUserGuard)
  connect(@Msg() message: Message) {
    return message.reply(`${typeof message.httpSession} ${(message.user as Person).name}`);
  }
}

describe('the guards of sessions', () => {
  it('can be used without their decorators, before guards that look at the user', async () => {
    const app = await SessionsApp.start({ consumers: [AdaConsumers] });
    const socket = await (await app.browser('ada')).open('/ada');
    expect(await socket.ask('who?')).toBe('ada');
    expect(await (await app.browser('bob')).socket('/ada').outcome).toBe(403);
    expect(await (await app.browser()).socket('/ada').outcome).toBe(403);
  });

  it('can be combined, and read the session once', async () => {
    const app = await SessionsApp.start({ consumers: [HttpConsumers] });
    const browser = await app.browser('ada');
    app.store.counts.get = 0;
    const socket = await browser.open('/http');
    expect(await socket.next()).toBe('object ada');
    expect(app.store.counts.get).toBe(1);
  });
});
