import { describe, expect, it } from '@jest/globals';
import { shardOf } from '../src/routing.js';
import { range } from './support/range.js';

describe('the shard of a channel', () => {
  it('never changes, or layers of two versions would not find each other', () => {
    const shards = ['jobs', 'server.k3!', 'body?x', ''].map((name) => shardOf(name, 1_000));
    expect(shards).toEqual([658, 931, 27, 0]);
  });

  it('is the only one, or any of several, evenly', () => {
    expect(shardOf('jobs', 1)).toBe(0);
    const counts = [0, 0, 0];
    for (const id of range(3_000)) counts[shardOf(`channel.${id}`, 3)]++;
    for (const count of counts) expect(count).toBeGreaterThan(850);
  });
});
