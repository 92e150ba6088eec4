import { describe, expect, it } from '@jest/globals';
import { type ChannelLayer, LayerUnavailable, ManualClock, memoryLayer } from '@nest-channels/core';
import { type FaultOptions, Faults } from '../src/index.js';
import { faultyLayer } from '../src/faulty-layer.js';

interface Faulty {
  readonly layer: ChannelLayer;
  readonly faults: Faults;
  readonly clock: ManualClock;
}

const faulty = (options?: FaultOptions): Faulty => {
  const clock = new ManualClock();
  const faults = new Faults(options);
  return { clock, faults, layer: faultyLayer(memoryLayer({ clock }), faults, clock) };
};

const waiting = async (layer: ChannelLayer, channel: string): Promise<unknown[]> => {
  const wait = new AbortController();
  const receiving = layer.receive([channel], { signal: wait.signal, max: 1_000 });
  wait.abort();
  return (await receiving).map(({ content }) => content['id']);
};

const sendAll = async (layer: ChannelLayer, count: number): Promise<void> => {
  for (let id = 0; id < count; id++) await layer.send('jobs', { id });
};

describe('a layer with faults', () => {
  it('is as good as the layer itself without any', async () => {
    const { layer } = faulty();
    await sendAll(layer, 10);
    expect(await waiting(layer, 'jobs')).toHaveLength(10);
    expect(layer.statistics().messagesReceived).toBe(10);
  });

  it('loses the same messages for the same seed', async () => {
    const kept = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        const { layer } = faulty({ seed, dropRate: 0.5 });
        await sendAll(layer, 100);
        return waiting(layer, 'jobs');
      }),
    );
    expect(kept[0].length).toBeGreaterThan(20);
    expect(kept[0].length).toBeLessThan(80);
    expect(kept[1]).toEqual(kept[0]);
    expect(kept[2]).not.toEqual(kept[0]);
  });

  it('carries the same messages out twice for the same seed', async () => {
    const { layer } = faulty({ duplicateRate: 0.3 });
    await sendAll(layer, 100);
    const ids = await waiting(layer, 'jobs');
    expect(ids.length).toBeGreaterThan(100);
    expect(new Set(ids).size).toBe(100);
  });

  it('delays what is sent, by its clock', async () => {
    const { layer, clock } = faulty({ delayMs: 50 });
    const sent = layer.send('jobs', { id: 1 });
    expect(await waiting(layer, 'jobs')).toEqual([]);
    await Promise.resolve();
    clock.advance(50);
    await sent;
    expect(await waiting(layer, 'jobs')).toEqual([1]);
  });

  it('holds what it has received back, by its clock', async () => {
    const { layer, clock } = faulty({ slowReaderMs: 50 });
    await layer.send('jobs', { id: 1 });
    const received = layer.receive(['jobs'], { signal: new AbortController().signal });
    while (clock.timers === 0) await new Promise(setImmediate);
    clock.advance(50);
    expect(await received).toHaveLength(1);
  });
});

describe('a layer that is down', () => {
  it('fails at everything and keeps what it has', async () => {
    const { layer, faults } = faulty();
    await layer.send('jobs', { id: 1 });
    faults.down();
    const { signal } = new AbortController();
    await expect(layer.send('jobs', { id: 2 })).rejects.toThrow(LayerUnavailable);
    await expect(layer.groupSend('all', {})).rejects.toThrow(LayerUnavailable);
    await expect(layer.groupAdd('all', 'jobs')).rejects.toThrow(LayerUnavailable);
    await expect(layer.receive(['jobs'], { signal })).rejects.toThrow(LayerUnavailable);
    expect(() => layer.subscribe(['jobs'], () => undefined)).toThrow(LayerUnavailable);
    faults.up();
    expect(await waiting(layer, 'jobs')).toEqual([1]);
  });

  it('ends the waits of those who receive', async () => {
    const { layer, faults } = faulty();
    const { signal } = new AbortController();
    const receiving = layer.receive(['jobs'], { signal });
    faults.down();
    await expect(receiving).rejects.toThrow(LayerUnavailable);
  });

  it('lets listeners pause and go on', async () => {
    const { layer, faults } = faulty();
    const got: unknown[] = [];
    const subscription = layer.subscribe(['jobs'], ({ content }) => got.push(content['id']));
    await layer.send('jobs', { id: 1 });
    faults.down();
    faults.up();
    await layer.send('jobs', { id: 2 });
    await new Promise(setImmediate);
    expect(got).toEqual([1, 2]);
    subscription.pause();
    subscription.resume();
    subscription.close();
    faults.down();
  });
});
