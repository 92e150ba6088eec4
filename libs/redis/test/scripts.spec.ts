import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Keys } from '../src/keys.js';
import { Shipment } from '../src/shipment.js';
import { SCRIPTS } from '../src/scripts.js';
import { take, TestRedis } from './support/layers.js';
import { range } from './support/range.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

describe('a script', () => {
  it('is known to Redis by the name we give it', async () => {
    const client = redis.client();
    for (const script of Object.values(SCRIPTS)) {
      expect(await client.script('LOAD', script.lua)).toBe(script.sha);
    }
  });
});

describe('the capacity of a mailbox', () => {
  it('counts the messages of a batch one by one: it takes what fits and refuses the rest', async () => {
    const layer = redis.layer({ prefix: 'batch', mailboxCapacity: 5 });
    const outcomes = await Promise.allSettled(
      range(8).map((id) => layer.send(`server!${id % 2}`, { id })),
    );
    const accepted = outcomes.map(({ status }) => status === 'fulfilled');
    expect(accepted).toEqual([true, true, true, true, true, false, false, false]);
    const came = await take(layer, ['server!'], 5);
    expect(came.map(({ content }) => content['id'])).toEqual([0, 1, 2, 3, 4]);
  });

  it('has room again for each message that was taken, also when others of its batch wait', async () => {
    const layer = redis.layer({ prefix: 'room', mailboxCapacity: 5 });
    await Promise.all(range(5).map((id) => layer.send('server!a', { id })));
    await take(layer, ['server!'], 2);
    // What is taken is told to Redis in a later turn, ahead of what is sent then.
    await new Promise((resolve) => setImmediate(resolve));
    const outcomes = await Promise.allSettled(
      range(3).map((id) => layer.send('server!a', { id: id + 5 })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    const came = await take(layer, ['server!'], 5);
    expect(came.map(({ content }) => content['id'])).toEqual([2, 3, 4, 5, 6]);
  });

  it('counts as expired those messages of a batch that nobody had read', async () => {
    const client = redis.client();
    const [root, key] = [new Keys('over').root, new Keys('over').mailbox('server!')];
    const messages = range(3).map((id) => ({
      name: 'server!',
      capacity: 3,
      channel: `server!${id}`,
      body: Buffer.from([id]),
      deadline: 0,
    }));
    const send = (): Promise<unknown> =>
      client.eval(SCRIPTS.send.lua, 1, root, 0, 60_000, ...new Shipment(messages).arguments);
    await send();
    const [[id, [, last]]] = (await client.xrange(key, '-', '+')) as [string, string[]][];
    await client.eval(SCRIPTS.trim.lua, 1, root, 'server!', id, Number(last) - 1);
    expect(await send()).toEqual([expect.anything(), ['server!', 1], [3, 3]]);
  });
});
