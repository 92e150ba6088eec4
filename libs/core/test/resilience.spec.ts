import { describe, expect, it } from '@jest/globals';
import {
  ChannelFull,
  type ChannelLayer,
  LayerUnavailable,
  ManualClock,
  memoryLayer,
  resilienceLayer,
  type ResilienceOptions,
} from '@nest-channels/core';
import { expectRejected } from './support/failure.js';
import { contents } from './support/messages.js';
import { openSignal } from './support/open-signal.js';
import { settled } from './support/settled.js';

function setUp(options: Partial<ResilienceOptions> = {}) {
  const clock = new ManualClock();
  const inner = memoryLayer({ clock, capacity: 200 });
  const layer = resilienceLayer(inner, { seed: 1, clock, ...options });
  const dropped: unknown[] = [];
  layer.events.on('dropped', (what) => dropped.push(what));
  return { clock, inner, layer, dropped };
}

async function ids(layer: ChannelLayer, channel: string): Promise<unknown[]> {
  return (await contents(layer, channel)).map((content) => content['id']);
}

/** Sends a hundred messages and returns the numbers of those that arrived. */
async function survivors(options: Partial<ResilienceOptions>): Promise<unknown[]> {
  const { inner, layer } = setUp(options);
  for (let id = 0; id < 100; id++) await layer.send('jobs', { id });
  return ids(inner, 'jobs');
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, id) => id);
}

describe('resilienceLayer', () => {
  it('is the layer it wraps when it is told no fault', async () => {
    const { inner, layer, dropped } = setUp();
    expect([layer.name, layer.reach, layer.maxMessageBytes]).toEqual([
      'memory',
      'process',
      inner.maxMessageBytes,
    ]);
    expect(layer.extensions).toBe(inner.extensions);
    expect(layer.events).toBe(inner.events);
    await layer.groupAdd('room', 'jobs');
    expect(await layer.groupChannels('room')).toEqual(['jobs']);
    await layer.groupSend('room', { id: 1 });
    await layer.send('jobs', { id: 2 });
    expect(await ids(layer, 'jobs')).toEqual([1, 2]);
    expect(layer.statistics()).toEqual(inner.statistics());
    expect(layer.channelStatistics('jobs').messagesCount).toBe(2);
    expect(await layer.newChannel('body?')).toMatch(/^body\?/);
    expect(dropped).toEqual([]);
  });

  it('loses nothing at a rate of 0 and everything at a rate of 1', async () => {
    expect(await survivors({ dropRate: 0 })).toEqual(upTo(100));
    expect(await survivors({ dropRate: 1 })).toEqual([]);
  });

  it('loses about the share it is told', async () => {
    const kept = await survivors({ dropRate: 0.3 });
    expect(kept.length).toBeGreaterThan(50);
    expect(kept.length).toBeLessThan(90);
  });

  it('has the same faults for the same seed and others for another', async () => {
    const first = await survivors({ seed: 7, dropRate: 0.5 });
    expect(await survivors({ seed: 7, dropRate: 0.5 })).toEqual(first);
    expect(await survivors({ seed: 8, dropRate: 0.5 })).not.toEqual(first);
  });

  it('tells of each message that it loses', async () => {
    const { inner, layer, dropped } = setUp({ dropRate: 0.5 });
    for (let id = 0; id < 100; id++) await layer.send('jobs', { id });
    const { messagesPending } = inner.statistics();
    expect(dropped).toHaveLength(100 - messagesPending);
    expect(dropped[0]).toEqual({ channel: 'jobs', reason: 'resilience', messages: 1 });
  });

  it('loses a group send as a whole', async () => {
    const { inner, layer, dropped } = setUp({ dropRate: 0.5 });
    for (const channel of ['a', 'b']) await layer.groupAdd('room', channel);
    for (let id = 0; id < 50; id++) await layer.groupSend('room', { id });
    const kept = await ids(inner, 'a');
    expect(await ids(inner, 'b')).toEqual(kept);
    expect(dropped).toHaveLength(50 - kept.length);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(50);
  });

  it('keeps the order of sends to one target, whatever their delays', async () => {
    const { clock, inner, layer } = setUp({ delayMs: 100 });
    const sends = upTo(50).map((id) => layer.send('jobs', { id }));
    for (let moved = 0; moved < 50; moved++) {
      await settled();
      clock.advance(100);
    }
    await Promise.all(sends);
    expect(await ids(inner, 'jobs')).toEqual(upTo(50));
    expect(clock.timers).toBe(0);
  });

  it('delays a send by no more than it is told', async () => {
    const { clock, inner, layer } = setUp({ delayMs: 100 });
    const sent = layer.send('jobs', { id: 1 });
    await settled();
    expect(inner.statistics().messagesCount).toBe(0);
    clock.advance(100);
    await sent;
    expect(inner.statistics().messagesCount).toBe(1);
  });

  it('delays the sends to one target without those to others', async () => {
    const { clock, inner, layer } = setUp({ delayMs: 100 });
    const sends = ['a', 'b', 'c'].map((name) => layer.send(name, { id: 1 }));
    await settled();
    clock.advance(100);
    await Promise.all(sends);
    expect(inner.statistics().messagesCount).toBe(3);
  });

  it('rejects a delayed send as the layer does, and goes on behind it', async () => {
    const clock = new ManualClock();
    const inner = memoryLayer({ clock, capacity: 1 });
    const layer = resilienceLayer(inner, { seed: 1, delayMs: 10, clock });
    const sends = [1, 2, 3].map((id) => layer.send('jobs', { id }));
    const outcomes = Promise.allSettled(sends);
    for (let moved = 0; moved < 3; moved++) {
      await settled();
      clock.advance(10);
    }
    expect((await outcomes).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    await expectRejected(ChannelFull, sends[1]);
    expect(await ids(inner, 'jobs')).toEqual([1]);
  });

  it('holds what a slow reader got and then hands it over, in order and complete', async () => {
    const { clock, inner, layer } = setUp({ slowReaderMs: 50 });
    for (const id of upTo(10)) await layer.send('jobs', { id });
    const got: unknown[] = [];
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for (let round = 0; round < 4; round++) {
        const messages = await layer.receive(['jobs'], { signal: controller.signal, max: 3 });
        got.push(...messages.map(({ content }) => content['id']));
      }
    };
    const done = read();
    await settled();
    expect(got).toEqual([]);
    for (let round = 0; round < 4; round++) {
      await settled();
      clock.advance(50);
    }
    await done;
    expect(got).toEqual(upTo(10));
    expect(inner.statistics()).toMatchObject({ messagesReceived: 10, messagesPending: 0 });
  });

  it('loses nothing when a slow reader is aborted with what it got', async () => {
    const { clock, layer } = setUp({ slowReaderMs: 50 });
    await layer.send('jobs', { id: 1 });
    const controller = new AbortController();
    const received = layer.receive(['jobs'], { signal: controller.signal });
    await settled();
    controller.abort();
    await settled();
    clock.advance(50);
    expect(await received).toEqual([{ channels: ['jobs'], content: { id: 1 } }]);
  });

  it('does not hold a receive that ends empty', async () => {
    const { clock, layer } = setUp({ slowReaderMs: 50 });
    const controller = new AbortController();
    const received = layer.receive(['jobs'], { signal: controller.signal });
    controller.abort();
    expect(await received).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('has subscriptions get what is not lost', async () => {
    const { layer } = setUp();
    const got: unknown[] = [];
    const subscription = layer.subscribe(['jobs'], ({ content }) => got.push(content['id']));
    await layer.send('jobs', { id: 1 });
    subscription.close();
    await layer.send('jobs', { id: 2 });
    expect(got).toEqual([1]);
  });

  it('is closed with its layer', async () => {
    const { inner, layer } = setUp();
    const received = layer.receive(['jobs'], { signal: openSignal() });
    await layer.close();
    expect(await received).toEqual([]);
    await expectRejected(LayerUnavailable, layer.send('jobs', { id: 1 }));
    await expectRejected(LayerUnavailable, inner.send('jobs', { id: 1 }));
  });

  it('counts what it loses in the statistics', async () => {
    const { layer } = setUp({ dropRate: 1 });
    for (const id of upTo(3)) await layer.send('jobs', { id });
    expect(layer.statistics()).toMatchObject({ messagesCount: 0, dropped: { resilience: 3 } });
  });
});
