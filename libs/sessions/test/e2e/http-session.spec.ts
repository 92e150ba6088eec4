import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { ChannelAndHttpSession, HttpSession, HttpSessionParam } from '@nest-channels/sessions';
import { CloseConnection, Consumer, Consumers, Message, Msg } from 'nest-channels';
import { Gate } from '../support/gate.js';
import { SessionsApp, stopSessionsApps } from '../support/sessions-app.js';

afterEach(stopSessionsApps);

let gate: Gate;

@Injectable()
@Consumers({ path: '/http' })
class HttpConsumers {
  @Consumer('websocket.connect')
  @HttpSession()
  async connect(@Msg() message: Message, @HttpSessionParam('theme') theme: unknown) {
    const { httpSession } = message;
    if (httpSession) httpSession['visits'] = Number(httpSession['visits'] ?? 0) + 1;
    if (theme === 'broken') throw new Error('after the change');
    if (theme === 'closed') throw new CloseConnection(4000);
    await message.reply(JSON.stringify(httpSession ?? 'none'));
  }

  @Consumer('websocket.receive')
  @HttpSession()
  receive(@Msg() message: Message) {
    return typeof message.httpSession;
  }
}

@Injectable()
@Consumers({ path: '/both' })
@ChannelAndHttpSession()
class BothConsumers {
  @Consumer('websocket.connect')
  connect(@Msg() message: Message) {
    return message.accept();
  }

  @Consumer('websocket.receive')
  async receive(@Msg() message: Message<'websocket.receive'>) {
    const { httpSession, content } = message;
    if (content.text === 'wait') await gate.pass();
    if (httpSession) httpSession['said'] = content.text;
    return JSON.stringify(httpSession ?? 'none');
  }
}

async function sessionOf(browser: { visit(path: string): Promise<Response> }): Promise<unknown> {
  return (await browser.visit('/visit')).json();
}

describe('the HTTP session at connect', () => {
  it('is the one of the browser, and saved when a handler changed it', async () => {
    const app = await SessionsApp.start({ consumers: [HttpConsumers] });
    const browser = await app.browser();
    await browser.visit('/visit?theme=dark');
    const socket = await browser.open('/http');
    expect(JSON.parse(await socket.next())).toEqual({ theme: 'dark', visits: 1 });
    expect(await sessionOf(browser)).toMatchObject({ theme: 'dark', visits: 1 });
  });

  it('is none, and none is created, without a cookie', async () => {
    const app = await SessionsApp.start({ consumers: [HttpConsumers] });
    const socket = await (await app.browser()).open('/http');
    expect(await socket.next()).toBe('"none"');
    expect(app.store.counts).toEqual({ get: 0, set: 0, destroy: 0, touch: 0 });
  });

  it('is not saved when the handler failed', async () => {
    const app = await SessionsApp.start({ consumers: [HttpConsumers] });
    const browser = await app.browser();
    await browser.visit('/visit?theme=broken');
    expect(await browser.socket('/http').outcome).toBe(500);
    expect(await sessionOf(browser)).not.toHaveProperty('visits');
  });

  it('is saved when the handler decided by throwing', async () => {
    const app = await SessionsApp.start({ consumers: [HttpConsumers] });
    const browser = await app.browser();
    await browser.visit('/visit?theme=closed');
    expect(await browser.socket('/http').outcome).toBe(403);
    expect(await sessionOf(browser)).toHaveProperty('visits', 1);
  });

  it('keeps its cookie, with its time begun anew', async () => {
    const app = await SessionsApp.start({ consumers: [HttpConsumers] });
    const browser = await app.browser();
    await browser.visit('/visit?theme=dark');
    await (await browser.open('/http')).next();
    expect(await sessionOf(browser)).toHaveProperty('cookie.path', '/');
  });

  it('is not found by later frames, which have no cookie', async () => {
    const app = await SessionsApp.start({ consumers: [HttpConsumers] });
    const browser = await app.browser('ada');
    const socket = await browser.open('/http');
    await socket.next();
    expect(await socket.ask('and now?')).toBe('undefined');
  });
});

describe('the HTTP session of a connection that remembers it', () => {
  it('is there for later frames as it is then, and saved', async () => {
    const app = await SessionsApp.start({ consumers: [BothConsumers] });
    const browser = await app.browser();
    await browser.visit('/visit?theme=dark');
    const socket = await browser.open('/both');
    await browser.visit('/visit?theme=light');
    expect(JSON.parse(await socket.ask('hello'))).toEqual({ theme: 'light', said: 'hello' });
    expect(await sessionOf(browser)).toMatchObject({ theme: 'light', said: 'hello' });
  });

  it('keeps what an HTTP request changed while a handler ran', async () => {
    gate = new Gate();
    const app = await SessionsApp.start({ consumers: [BothConsumers] });
    const browser = await app.browser();
    await browser.visit('/visit?theme=dark');
    const socket = await browser.open('/both');
    const answer = socket.ask('wait');
    await gate.arrived(1);
    await browser.visit('/visit?theme=light');
    gate.open();
    await answer;
    expect(await sessionOf(browser)).toMatchObject({ theme: 'light', said: 'wait' });
  });

  it('stays destroyed when it was destroyed while a handler ran', async () => {
    gate = new Gate();
    const app = await SessionsApp.start({ consumers: [BothConsumers] });
    const browser = await app.browser('ada');
    const [id] = await app.store.ids();
    const socket = await browser.open('/both');
    socket.send('wait');
    await gate.arrived(1);
    await browser.visit('/logout');
    expect(await socket.closed).toBe(4401);
    gate.open();
    await app.logged('its changes are dropped');
    expect(await app.store.ids()).not.toContain(id);
  });
});
