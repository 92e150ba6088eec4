import { describe, expect, it } from '@jest/globals';
import {
  type ChannelLayer,
  InvalidName,
  LayerUnavailable,
  memoryLayer,
  type MemoryLayerOptions,
  type Received,
  type Subscription,
} from '@nest-channels/core';
import { expectRejected, expectThrown } from './support/failure.js';
import { contents } from './support/messages.js';
import { openSignal } from './support/open-signal.js';
import { settled } from './support/settled.js';

const SLICE = 256;

function setUp(options?: MemoryLayerOptions) {
  const layer = memoryLayer(options);
  const subscribe = (...channels: string[]) => {
    const ids: unknown[] = [];
    const subscription = layer.subscribe(channels, ({ content }) => ids.push(content['id']));
    return { ids, subscription };
  };
  return { layer, subscribe };
}

async function send(layer: ChannelLayer, channel: string, ...ids: number[]): Promise<void> {
  for (const id of ids) await layer.send(channel, { id });
}

async function left(layer: ChannelLayer, channel: string): Promise<unknown[]> {
  return (await contents(layer, channel)).map((content) => content['id']);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, id) => id);
}

describe('A subscription of the memory layer', () => {
  it('gets messages as they are sent, in the turn of their sender', () => {
    const { layer, subscribe } = setUp();
    const { ids } = subscribe('jobs');
    const sent = layer.send('jobs', { id: 1 });
    expect(ids).toEqual([1]);
    return sent;
  });

  it('gets a message with the names it was sent to', async () => {
    const { layer } = setUp();
    const received: Received[] = [];
    layer.subscribe(['server!', 'jobs'], (message) => received.push(message));
    await layer.send('server!a', { id: 1 });
    await layer.groupAdd('room', 'server!a');
    await layer.groupAdd('room', 'server!b');
    await layer.groupSend('room', { id: 2 });
    expect(received).toEqual([
      { channels: ['server!a'], content: { id: 1 } },
      { channels: ['server!a', 'server!b'], content: { id: 2 } },
    ]);
  });

  it('first gets what waits, over all its channels in the order it came', async () => {
    const { layer, subscribe } = setUp();
    for (const [id, channel] of ['a', 'b', 'a', 'c', 'b'].entries()) await send(layer, channel, id);
    const { ids } = subscribe('c', 'b', 'a');
    await send(layer, 'b', 5);
    await send(layer, 'a', 6);
    expect(ids).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('catches up in slices, between which others have their turn, and keeps the order', async () => {
    const { layer, subscribe } = setUp();
    await send(layer, 'jobs', ...upTo(600));
    const { ids } = subscribe('jobs');
    expect(ids).toEqual([]);
    await Promise.resolve();
    expect(ids).toHaveLength(SLICE);
    await send(layer, 'jobs', 600);
    await settled();
    expect(ids).toHaveLength(2 * SLICE);
    await settled();
    await send(layer, 'jobs', 601);
    expect(ids).toEqual(upTo(602));
  });

  it('gets each message once when it pauses and resumes while it catches up', async () => {
    const { layer, subscribe } = setUp();
    await send(layer, 'jobs', ...upTo(700));
    const { ids, subscription } = subscribe('jobs');
    subscription.pause();
    subscription.resume();
    for (let turn = 0; turn < 5; turn++) await settled();
    await send(layer, 'jobs', 700);
    expect(ids).toEqual(upTo(701));
  });

  it('leaves messages in their channels while it is paused', async () => {
    const { layer, subscribe } = setUp({ capacity: 2 });
    const { ids, subscription } = subscribe('jobs');
    subscription.pause();
    subscription.pause();
    await send(layer, 'jobs', 1, 2);
    expect(ids).toEqual([]);
    expect(layer.statistics().messagesPending).toBe(2);
    subscription.resume();
    subscription.resume();
    expect(ids).toEqual([1, 2]);
    await send(layer, 'jobs', 3);
    expect(ids).toEqual([1, 2, 3]);
  });

  it('can be paused by its listener, which gets nothing more until it resumes', async () => {
    const { layer } = setUp();
    const ids: unknown[] = [];
    const subscription: Subscription = layer.subscribe(['jobs'], ({ content }) => {
      ids.push(content['id']);
      subscription.pause();
    });
    await send(layer, 'jobs', 1, 2, 3);
    expect(ids).toEqual([1]);
    subscription.resume();
    expect(ids).toEqual([1, 2]);
    subscription.resume();
    expect(ids).toEqual([1, 2, 3]);
  });

  it('can be closed by its listener', async () => {
    const { layer } = setUp();
    const ids: unknown[] = [];
    const subscription: Subscription = layer.subscribe(['jobs'], ({ content }) => {
      ids.push(content['id']);
      subscription.close();
    });
    await send(layer, 'jobs', 1, 2);
    expect(ids).toEqual([1]);
    expect(await left(layer, 'jobs')).toEqual([2]);
  });

  it('leaves what it did not hand over in its channel when it is closed', async () => {
    const { layer, subscribe } = setUp();
    await send(layer, 'jobs', ...upTo(300));
    const { ids, subscription } = subscribe('jobs');
    await Promise.resolve();
    subscription.close();
    await settled();
    await send(layer, 'jobs', 300);
    expect(ids).toEqual(upTo(SLICE));
    expect(await left(layer, 'jobs')).toEqual(upTo(301).slice(SLICE));
  });

  it('stays closed, whatever it is told', async () => {
    const { layer, subscribe } = setUp();
    const { ids, subscription } = subscribe('jobs');
    subscription.close();
    subscription.close();
    subscription.pause();
    subscription.resume();
    await send(layer, 'jobs', 1);
    expect(ids).toEqual([]);
    expect(await left(layer, 'jobs')).toEqual([1]);
  });

  it('shares messages with another in turn', async () => {
    const { layer, subscribe } = setUp();
    const [first, second] = [subscribe('jobs'), subscribe('jobs')];
    await send(layer, 'jobs', 1, 2, 3, 4, 5);
    expect([first.ids, second.ids]).toEqual([
      [1, 3, 5],
      [2, 4],
    ]);
  });

  it('stands in one line with receivers that wait', async () => {
    const { layer, subscribe } = setUp();
    const { ids } = subscribe('jobs');
    const waiting = [1, 2].map(() => layer.receive(['jobs'], { signal: openSignal() }));
    await send(layer, 'jobs', 1, 2, 3, 4);
    const received = (await Promise.all(waiting)).flat().map(({ content }) => content['id']);
    expect(received).toEqual([2, 3]);
    expect(ids).toEqual([1, 4]);
  });

  it('goes to the end of the line of all its channels at once', async () => {
    const { layer, subscribe } = setUp();
    const [both, one] = [subscribe('a', 'b'), subscribe('b')];
    await send(layer, 'a', 1);
    await send(layer, 'b', 2, 3, 4);
    expect([both.ids, one.ids]).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('does not take the messages of another while it is paused', async () => {
    const { layer, subscribe } = setUp();
    const [first, second] = [subscribe('jobs'), subscribe('jobs')];
    first.subscription.pause();
    await send(layer, 'jobs', 1, 2);
    first.subscription.resume();
    await send(layer, 'jobs', 3, 4);
    expect([first.ids, second.ids]).toEqual([[4], [1, 2, 3]]);
  });

  it('counts what it hands over as received and uses no capacity', async () => {
    const { layer, subscribe } = setUp({ capacity: 1 });
    await send(layer, 'jobs', 0);
    subscribe('jobs');
    await settled();
    await send(layer, 'jobs', 1, 2, 3);
    expect(layer.statistics()).toMatchObject({
      messagesCount: 4,
      messagesReceived: 4,
      messagesPending: 0,
    });
  });

  it('hears nothing expired', async () => {
    const { layer, subscribe } = setUp({ expiryMs: 0 });
    await send(layer, 'jobs', 1);
    const { ids } = subscribe('jobs');
    expect(ids).toEqual([]);
    await send(layer, 'jobs', 2);
    expect(ids).toEqual([2]);
  });

  it('can send from its listener, to its own channel too', async () => {
    const { layer } = setUp();
    const ids: unknown[] = [];
    const sends: Promise<void>[] = [];
    layer.subscribe(['jobs'], ({ content }) => {
      const id = content['id'] as number;
      ids.push(id);
      if (id < 3) sends.push(layer.send('jobs', { id: id + 1 }));
    });
    await send(layer, 'jobs', 1);
    await Promise.all(sends);
    expect(ids).toEqual([1, 2, 3]);
    expect(layer.statistics()).toMatchObject({ messagesCount: 3, messagesReceived: 3 });
  });

  it('outlives a flush', async () => {
    const { layer, subscribe } = setUp();
    const { ids } = subscribe('jobs');
    await layer.flush();
    await send(layer, 'jobs', 1);
    expect(ids).toEqual([1]);
  });

  it('ends with its layer, and takes what it is told then', async () => {
    const { layer, subscribe } = setUp();
    const { ids, subscription } = subscribe('jobs');
    const paused = subscribe('jobs');
    paused.subscription.pause();
    await layer.close();
    paused.subscription.resume();
    subscription.resume();
    subscription.close();
    await expectRejected(LayerUnavailable, layer.send('jobs', { id: 1 }));
    expect([ids, paused.ids]).toEqual([[], []]);
  });

  it('cannot be had of a closed layer, and not for a name nobody can receive from', async () => {
    const { layer, subscribe } = setUp();
    for (const name of ['server!a', 'body?', 'two words']) {
      expectThrown(InvalidName, () => subscribe('jobs', name));
    }
    await layer.close();
    expectThrown(LayerUnavailable, () => subscribe('jobs'));
  });
});
