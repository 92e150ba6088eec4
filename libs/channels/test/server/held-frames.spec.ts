import { describe, expect, it } from '@jest/globals';
import { HeldFrames } from '../../src/server/held-frames.js';

const frame = (order: number, size = 1) => ({
  content: { reply_channel: 'server.test!1', path: '/', order, text: 'x'.repeat(size) },
  size,
});

describe('HeldFrames', () => {
  it('gives frames back in their order', () => {
    const held = new HeldFrames({ frames: 4, bytes: 100 });
    for (const order of [1, 2, 3]) held.push(frame(order));
    expect(held.shift()?.content.order).toBe(1);
    expect(held.takeAll().map(({ order }) => order)).toEqual([2, 3]);
    expect([held.size, held.shift()]).toEqual([0, undefined]);
  });

  it.each([
    ['frames', { frames: 4, bytes: 100 }, 1],
    ['bytes', { frames: 100, bytes: 40 }, 10],
  ])('counts by %s', (_what, limits, size) => {
    const held = new HeldFrames(limits);
    const counts = [1, 2, 3, 4].map((order) => {
      held.push(frame(order, size));
      return [held.areFew, held.areMany];
    });
    expect(counts).toEqual([
      [true, false],
      [true, false],
      [false, false],
      [false, true],
    ]);
    held.takeAll();
    expect(held.areFew).toBe(true);
  });
});
