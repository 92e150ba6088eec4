import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  AuthenticatedOnly,
  ChannelSessionUserFromHttp,
  HttpSessionUser,
  Revocation,
} from '@nest-channels/sessions';
import { Consumer, Consumers, Message, Msg } from 'nest-channels';
import { Gate } from '../support/gate.js';
import { SessionsApp, stopSessionsApps } from '../support/sessions-app.js';
import { sharedLayer } from '../support/shared-layer.js';

afterEach(stopSessionsApps);

let gate: Gate | undefined;

@Injectable()
@Consumers({ path: '/members' })
class Members {
  constructor(private readonly revocation: Revocation) {}

  @Consumer('websocket.connect', { path: '' })
  @HttpSessionUser()
  @AuthenticatedOnly()
  async connect(@Msg() message: Message) {
    await gate?.pass();
    await message.accept();
  }

  @Consumer('websocket.connect', { path: '/token' })
  async token(@Msg() message: Message) {
    await this.revocation.follow(message, { user: 'id-ada' });
    await message.accept();
  }

  @Consumer('websocket.receive', { path: '/token' })
  @ChannelSessionUserFromHttp()
  @AuthenticatedOnly()
  receive() {
    return 'never';
  }
}

describe('a connection of a session', () => {
  it('is closed with 4401 when its user logs out, those of others are not', async () => {
    const app = await SessionsApp.start({ consumers: [Members] });
    const [ada, bob] = [await app.browser('ada'), await app.browser('bob')];
    const [adas, bobs] = [await ada.open('/members'), await bob.open('/members')];
    await ada.visit('/logout');
    expect(await adas.closed).toBe(4401);
    await bob.visit('/logout');
    expect(await bobs.closed).toBe(4401);
  });

  it('is closed when its user logs in anew, as that session ends', async () => {
    const app = await SessionsApp.start({ consumers: [Members] });
    const ada = await app.browser('ada');
    const socket = await ada.open('/members');
    await ada.visit('/login?id=id-bob');
    expect(await socket.closed).toBe(4401);
  });

  it('is closed by a log-out in another process', async () => {
    const [here, there] = await start2();
    const ada = await here.browser('ada');
    const socket = await ada.open('/members');
    const elsewhere = await there.browser();
    elsewhere.cookie = ada.cookie;
    await elsewhere.visit('/logout');
    expect(await socket.closed).toBe(4401);
  });

  it('is closed when its session or user is revoked', async () => {
    const app = await SessionsApp.start({ consumers: [Members] });
    const revocation = app.app.get(Revocation);
    const ada = await app.browser('ada');
    const first = await ada.open('/members');
    const [id] = await app.store.ids();
    await revocation.session(id);
    expect(await first.closed).toBe(4401);
    const second = await ada.open('/members');
    await revocation.user('id-ada');
    expect(await second.closed).toBe(4401);
  });

  it('is closed by its user when it was identified otherwise than by a session', async () => {
    const app = await SessionsApp.start({ consumers: [Members] });
    const socket = await (await app.browser()).open('/members/token');
    await app.app.get(Revocation).user('id-ada');
    expect(await socket.closed).toBe(4401);
  });

  it('is refused with 401 when its session ends while it is pending', async () => {
    gate = new Gate();
    const app = await SessionsApp.start({ consumers: [Members] });
    const ada = await app.browser('ada');
    const socket = ada.socket('/members');
    await gate.arrived(1);
    await ada.visit('/logout');
    expect(await socket.outcome).toBe(401);
    gate.open();
    gate = undefined;
  });

  it('is refused with 401 for an anonymous browser, and closed with 4401 later', async () => {
    const app = await SessionsApp.start({ consumers: [Members] });
    const browser = await app.browser();
    expect(await browser.socket('/members').outcome).toBe(401);
    const socket = await browser.open('/members/token');
    socket.send('hello');
    expect(await socket.closed).toBe(4401);
  });
});

async function start2(): Promise<[SessionsApp, SessionsApp]> {
  const layers = { default: sharedLayer() };
  const one = await SessionsApp.start({ consumers: [Members], channels: { layers } });
  const sessions = { store: one.store };
  return [one, await SessionsApp.start({ consumers: [Members], channels: { layers }, sessions })];
}
