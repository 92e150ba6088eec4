import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  ChannelAndHttpSession,
  ChannelSession,
  ChannelSessionParam,
} from '@nest-channels/sessions';
import {
  Channels,
  ConsumeLater,
  Consumer,
  Consumers,
  DenyConnection,
  Message,
  Msg,
} from 'nest-channels';
import { Gate } from '../support/gate.js';
import { SessionsApp, stopSessionsApps } from '../support/sessions-app.js';
import { sharedLayer } from '../support/shared-layer.js';

afterEach(stopSessionsApps);

let gate: Gate;
let attempts = 0;

@Injectable()
@Consumers({ path: '/session' })
class SessionConsumers {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.receive')
  @ChannelSession()
  async receive(@Msg() message: Message<'websocket.receive'>) {
    const session = message.channelSession!;
    const [command, key, value] = (message.content.text ?? '').split(' ');
    if (command === 'set') session[key] = value;
    if (command === 'clear') for (const each of Object.keys(session)) delete session[each];
    if (command === 'fail') {
      session[key] = value;
      throw new Error('after the change');
    }
    if (command === 'later' && attempts++ === 0) {
      session[key] = value;
      throw new ConsumeLater({ delayMs: 0 });
    }
    if (command === 'job') await this.channels.channel('jobs').send(jobOf(message, key), NOW);
    return JSON.stringify(session);
  }
}

@Injectable()
class JobConsumers {
  @Consumer('jobs')
  @ChannelSession()
  async job(@Msg() { content, channelSession }: Message) {
    await gate.pass();
    const key = String(content['key']);
    channelSession![key] = Number(channelSession![key] ?? 0) + 1;
  }

  @Consumer('peek')
  @ChannelSession()
  peek(@Msg() message: Message, @ChannelSessionParam() session: unknown) {
    return message.reply(JSON.stringify(session));
  }
}

const CONSUMERS = [SessionConsumers, JobConsumers];

const NOW = { immediately: true };

function jobOf({ content }: Message, key: string) {
  return { reply_channel: content['reply_channel'], key };
}

describe('the session of a connection', () => {
  it('is shared by its messages, and by no other connection', async () => {
    const app = await SessionsApp.start({ consumers: CONSUMERS });
    const browser = await app.browser();
    const [one, other] = [await browser.open('/session'), await browser.open('/session')];
    expect(await one.ask('set room lobby')).toBe('{"room":"lobby"}');
    expect(await one.ask('get')).toBe('{"room":"lobby"}');
    expect(await other.ask('get')).toBe('{}');
  });

  it('is stored once it holds something, and when it has changed', async () => {
    const app = await SessionsApp.start({ consumers: CONSUMERS });
    const socket = await (await app.browser()).open('/session');
    await socket.ask('get');
    expect(await app.store.ids()).toEqual([]);
    await socket.ask('set room lobby');
    await socket.ask('get');
    expect(app.store.counts.set).toBe(1);
  });

  it('is removed when nothing is left in it', async () => {
    const app = await SessionsApp.start({ consumers: CONSUMERS });
    const socket = await (await app.browser()).open('/session');
    await socket.ask('set room lobby');
    expect(await socket.ask('clear')).toBe('{}');
    expect(await app.store.ids()).toEqual([]);
  });

  it('is removed when the connection is over, without a handler for its end', async () => {
    const app = await SessionsApp.start({ consumers: CONSUMERS });
    const socket = await (await app.browser()).open('/session');
    await socket.ask('set room lobby');
    await socket.end();
    await app.store.until(async () => (await app.store.ids()).length === 0);
  });

  it('keeps what a handler put into it before it failed', async () => {
    const app = await SessionsApp.start({ consumers: CONSUMERS });
    const socket = await (await app.browser()).open('/session');
    socket.send('fail room lobby');
    expect(await socket.ask('get')).toBe('{"room":"lobby"}');
  });

  it('keeps nothing of a run that was postponed', async () => {
    attempts = 0;
    const app = await SessionsApp.start({ consumers: CONSUMERS });
    const socket = await (await app.browser()).open('/session');
    expect(await socket.ask('later room lobby')).toBe('{}');
  });

  it('keeps the changes of two handlers that run at the same time on two workers', async () => {
    gate = new Gate();
    const app = await start2();
    const socket = await (await app.browser()).open('/session');
    await socket.ask('job one');
    await gate.arrived(1);
    await socket.ask('set three 3');
    gate.open();
    await app.store.until(() => app.store.counts.set === 2);
    expect(JSON.parse(await socket.ask('get'))).toEqual({ one: 1, three: '3' });
  });

  it('has a handler run again whose key another one has changed meanwhile', async () => {
    gate = new Gate();
    const app = await start2();
    const socket = await (await app.browser()).open('/session');
    await socket.ask('set count 1');
    await socket.ask('job count');
    await gate.arrived(1);
    await socket.ask('set count 5');
    gate.open();
    await gate.arrived(2);
    gate.open();
    await app.store.until(() => app.store.counts.set === 3);
    expect(await socket.ask('get')).toBe('{"count":6}');
  });

  it('is not brought back by a handler that ends after the connection', async () => {
    gate = new Gate();
    const app = await start2();
    const socket = await (await app.browser()).open('/session');
    await socket.ask('set room lobby');
    await socket.ask('job count');
    await gate.arrived(1);
    await socket.end();
    await app.store.until(() => app.store.counts.destroy === 1);
    const { get } = app.store.counts;
    gate.open();
    await app.store.until(() => app.store.counts.get > get);
    expect(await app.store.ids()).toEqual([]);
  });

  it('is not stored for a connection that is denied', async () => {
    @Injectable()
    class Denied {
      @Consumer('websocket.connect', { path: '/denied' })
      @ChannelAndHttpSession()
      connect(@Msg() message: Message) {
        message.channelSession!['room'] = 'lobby';
        throw new DenyConnection();
      }
    }
    const app = await SessionsApp.start({ consumers: [Denied] });
    expect(await (await app.browser()).socket('/denied').outcome).toBe(403);
    expect(app.store.counts.set).toBe(0);
  });

  it('fails a handler of a message without a connection', async () => {
    const app = await SessionsApp.start({ consumers: CONSUMERS });
    await app.app.get(Channels).channel('peek').send({});
    await app.logged('CHANNELS_REPLY_MISSING');
  });
});

/** Starts two workers on one layer and one store, of which the second does the jobs. */
async function start2(): Promise<SessionsApp> {
  const layers = { default: sharedLayer() };
  const [frames, jobs] = [{ excludeChannels: ['jobs'] }, { onlyChannels: ['jobs'] }];
  const consumers = CONSUMERS;
  const app = await SessionsApp.start({ consumers, channels: { layers, worker: frames } });
  const sessions = { store: app.store };
  await SessionsApp.start({ consumers, channels: { layers, worker: jobs }, sessions });
  return app;
}
