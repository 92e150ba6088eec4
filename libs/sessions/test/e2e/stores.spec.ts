import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { ChannelAndHttpSessionUserFromHttp, ChannelSession } from '@nest-channels/sessions';
import { Channels, Consumer, Consumers, Message, Msg } from 'nest-channels';
import { type Person, SessionsApp, stopSessionsApps } from '../support/sessions-app.js';
import { sharedLayer } from '../support/shared-layer.js';
import {
  startMemory,
  startPostgres,
  startRedis,
  type StoreAccess,
  type StoreServer,
} from '../support/store-servers.js';

const INCREMENTS = 10;

/** Is more than a pool of connections has, ten. */
const CROWD = 20;

@Injectable()
@Consumers({ path: '/count' })
@ChannelAndHttpSessionUserFromHttp()
class Counter {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  connect(@Msg() message: Message) {
    return message.reply((message.user as Person | null)?.name ?? 'nobody');
  }

  @Consumer('websocket.receive')
  async receive(@Msg() message: Message<'websocket.receive'>) {
    const { text, reply_channel } = message.content;
    if (text === 'job') return this.channels.channel('jobs').send({ reply_channel });
    if (text === 'theme') message.httpSession!['theme'] = 'dark';
    return text === 'more' ? increment(message) : String(message.channelSession!['count']);
  }
}

@Injectable()
class Jobs {
  @Consumer('jobs')
  @ChannelSession()
  job(@Msg() message: Message) {
    return message.reply(increment(message));
  }
}

function increment({ channelSession }: Message): string {
  channelSession!['count'] = Number(channelSession!['count'] ?? 0) + 1;
  return 'done';
}

describe.each([
  ['memory', startMemory],
  ['Redis over ioredis', startRedis],
  ['PostgreSQL', startPostgres],
])('sessions in %s', (_name, startServer) => {
  let server: StoreServer;
  let accesses: StoreAccess[] = [];

  beforeAll(async () => {
    server = await startServer();
  });
  afterEach(async () => {
    await stopSessionsApps();
    await Promise.all(accesses.map((access) => access.close()));
    accesses = [];
  });
  afterAll(() => server.stop());

  /** Starts two processes, each with a client of its own; the second one does the jobs. */
  async function start2(): Promise<SessionsApp> {
    const layers = { default: sharedLayer() };
    const workers = [{ excludeChannels: ['jobs'] }, { onlyChannels: ['jobs'] }];
    const apps = workers.map(async (worker) => {
      const access = server.connect();
      accesses.push(access);
      const { store, locks } = access;
      const parts = { consumers: [Counter, Jobs], channels: { layers, worker } };
      return SessionsApp.start({ ...parts, sessions: { store, locks, storeTimeoutMs: 60_000 } });
    });
    const [app] = await Promise.all(apps);
    return app;
  }

  const read = (id: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      accesses[0].store.get(id, (error, record) => (error ? reject(error) : resolve(record)));
    });

  it('tell who connects, and are saved', async () => {
    const browser = await (await start2()).browser('ada');
    const socket = await browser.open('/count');
    expect(await socket.next()).toBe('ada');
    await socket.ask('theme');
    const saved = await (await browser.visit('/visit')).json();
    expect(saved).toMatchObject({ theme: 'dark', passport: { user: 'id-ada' } });
  });

  it('lose nothing of two workers that change one key of one connection', async () => {
    const socket = await (await (await start2()).browser()).open('/count');
    expect(await socket.next()).toBe('nobody');
    for (let count = 0; count < INCREMENTS; count++) socket.send('job');
    for (let count = 0; count < INCREMENTS; count++) socket.send('more');
    for (let count = 0; count < 2 * INCREMENTS; count++) await socket.next();
    expect(await socket.ask('count')).toBe(String(2 * INCREMENTS));
  });

  it('are saved for many connections at once', async () => {
    const browser = await (await start2()).browser();
    const sockets = await Promise.all(Array.from({ length: CROWD }, () => browser.open('/count')));
    await Promise.all(sockets.map((socket) => socket.next()));
    expect(new Set(await Promise.all(sockets.map((socket) => socket.ask('more'))))).toEqual(
      new Set(['done']),
    );
    const counts = await Promise.all(sockets.map((socket) => socket.ask('count')));
    expect(new Set(counts)).toEqual(new Set(['1']));
  });

  it('stay destroyed, and close their sockets', async () => {
    const browser = await (await start2()).browser('bob');
    const socket = await browser.open('/count');
    const id = decodeURIComponent(browser.cookie).replace(/^.*s:/, '').split('.')[0];
    expect(await read(id)).toBeTruthy();
    await browser.visit('/logout');
    expect(await socket.closed).toBe(4401);
    expect((await read(id)) ?? null).toBeNull();
  });
});
