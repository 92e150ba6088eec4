import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Logger, Module, type Type } from '@nestjs/common';
import { ManualClock } from '@nest-channels/core';
import { redisLayer, type RedisLayerOptions } from '@nest-channels/redis';
import { ChannelsModule, Consumer, runServer, runWorker } from 'nest-channels';
import { TestRedis } from '../../libs/redis/test/support/layers.js';
import { OldRedis } from '../../libs/redis/test/support/old-redis.js';
import { NodeProcess, stopProcesses } from '../support/process.js';

Logger.overrideLogger(false);

const KEY = randomBytes(32);

let redis: TestRedis;
let old: OldRedis;

beforeAll(async () => {
  redis = await TestRedis.start('--requirepass', 'secret');
  old = await OldRedis.start(redis.server.port);
});
afterEach(() => redis.closeLayers());
afterAll(async () => {
  await stopProcesses();
  await old.close();
  await redis.stop();
});

const at = (credentials: string, database = 0): string =>
  `redis://${credentials}127.0.0.1:${redis.server.port}/${database}`;

const atOld = (): string => `redis://:secret@127.0.0.1:${old.port}`;

/** Returns a port that nobody listens on. */
async function nobody(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function application(options: RedisLayerOptions): Type {
  @Injectable()
  class Jobs {
    @Consumer('jobs')
    run() {}
  }
  const layers = { default: () => redisLayer(options) };
  @Module({ imports: [ChannelsModule.forRoot({ layers })], providers: [Jobs] })
  class AppModule {}
  return AppModule;
}

const OPTIONS = { args: [], env: {}, abortOnError: false, port: 0 };

describe.each([
  ['server', runServer],
  ['worker', runWorker],
] as const)('a %s whose Redis refuses it', (_, run) => {
  it.each([
    ['a wrong password', () => ({ url: at(':wrong@') }), 'REFUSED'],
    ['no password', () => ({ url: at('') }), 'REFUSED'],
    ['a database that is not there', () => ({ url: at(':secret@', 99) }), 'REFUSED'],
    ['a URL that is none', () => ({ url: 'cache.example' }), 'OPTIONS_INVALID'],
    ['a version under 7.0', () => ({ url: atOld() }), 'TOO_OLD'],
  ])('does not start with %s', async (_what, options, code) => {
    // An application is made of its module right here.
    const start = async (): Promise<unknown> => run(application(options()), OPTIONS);
    await expect(start()).rejects.toMatchObject({ code: `CHANNELS_REDIS_${code}` });
  });

  it('does not start where others use the prefix in another way', async () => {
    const url = at(':secret@');
    await redis.layer({ url, prefix: 'sealed', encryption: { keys: [KEY] } }).ready();
    const starting = run(application({ url, prefix: 'sealed' }), OPTIONS);
    await expect(starting).rejects.toMatchObject({ code: 'CHANNELS_REDIS_LAYOUT_FOREIGN' });
  });
});

/** Starts a process of the demo, which has to end with 1; returns what it printed. */
async function printedBy(role: string, url: string): Promise<string> {
  const env = { REDIS_URL: url, PORT: '0', CHANNELS_VERBOSITY: '0' };
  const process = new NodeProcess(`apps/${role}/dist/main.js`, env);
  expect(await process.exited).toBe(1);
  return process.output;
}

describe.each(['server', 'worker'])('a %s as a process of its own', (role) => {
  it('ends with 1 and one line that says that the password is wrong', async () => {
    expect(await printedBy(role, at(':wrong@'))).toMatch(
      /^.*Redis refused the connection: .*password.* \[CHANNELS_REDIS_REFUSED\]\n$/,
    );
  });

  it('ends with 1 and one line that says that Redis is too old, and what is needed', async () => {
    expect(await printedBy(role, atOld())).toMatch(
      /^.*Redis 6\.\S+: .* needs Redis 7\.0 or newer.* \[CHANNELS_REDIS_TOO_OLD\]\n$/,
    );
  });

  it('ends with 1 and one line that says how others use the prefix', async () => {
    const url = at(':secret@', 1);
    await redis.layer({ url, encryption: { keys: [KEY] } }).ready();
    expect(await printedBy(role, url)).toMatch(
      /^.*Others use this prefix in another way: .* \[CHANNELS_REDIS_LAYOUT_FOREIGN\]\n$/,
    );
  });
});

describe('a layer whose Redis is not there', () => {
  it('gives up after five seconds of its clock', async () => {
    const clock = new ManualClock();
    const url = `redis://127.0.0.1:${await nobody()}`;
    const layer = redisLayer({ url, clock });
    let passedMs = 0;
    const passing = setInterval(() => clock.advance((passedMs += 100) && 100), 1);
    await expect(layer.ready()).rejects.toMatchObject({ code: 'CHANNELS_LAYER_UNAVAILABLE' });
    expect(passedMs).toBeGreaterThanOrEqual(5_000);
    await layer.close();
    clearInterval(passing);
  });
});
