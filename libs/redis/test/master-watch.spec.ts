import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MasterWatch } from '../src/master-watch.js';
import { TestRedis } from './support/layers.js';
import { until } from './support/redis-cluster.js';

// What a sentinel tells, any Redis can.
let sentinel: TestRedis;
let watch: MasterWatch;
let events: EventEmitter;

beforeAll(async () => {
  sentinel = await TestRedis.start();
});
beforeEach(async () => {
  events = new EventEmitter();
  const { port } = sentinel.server;
  const address = { name: 'main', sentinels: [{ host: '127.0.0.1', port }] };
  watch = new MasterWatch(address, () => events.emit('switched'));
  watch.open();
  await until(isHeard);
});
afterEach(async () => {
  watch.close();
  await until(async () => !(await isHeard()));
});
afterAll(() => sentinel.stop());

async function isHeard(): Promise<boolean> {
  return String(await sentinel.server.ask('PUBSUB', 'NUMSUB', '+switch-master')).endsWith(',1');
}

function tell(master: string): Promise<unknown> {
  return sentinel.server.ask('PUBLISH', '+switch-master', `${master} 10.0.0.1 1 10.0.0.2 2`);
}

describe('a watch over a master', () => {
  it('hears that another server is the master', async () => {
    const switched = once(events, 'switched');
    await tell('main');
    await switched;
  });

  it('does not care for other masters, and hears again after a sentinel was away', async () => {
    let count = 0;
    events.on('switched', () => count++);
    await tell('another');
    await sentinel.server.ask('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await until(isHeard);
    const switched = once(events, 'switched');
    await tell('main');
    await switched;
    expect(count).toBe(1);
  });
});
