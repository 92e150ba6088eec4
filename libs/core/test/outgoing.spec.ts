import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  Channel,
  type ChannelLayer,
  Codec,
  type Content,
  Group,
  InvalidContent,
  ManualClock,
  memoryLayer,
  MessageTooLarge,
  MIN_MAX_MESSAGE_BYTES,
  SendScopes,
} from '@nest-channels/core';
import * as fc from 'fast-check';
import { measuredSnapshot } from '../src/content.js';
import { outgoing } from '../src/outgoing.js';
import { anyContent } from './support/any-content.js';
import { expectThrown } from './support/failure.js';
import { contents } from './support/messages.js';

function layerOf(maxMessageBytes: number): ChannelLayer {
  return { ...memoryLayer(), maxMessageBytes };
}

function lengthOf(content: Content): number {
  return new Codec().encode(content).length;
}

/** Returns content that takes exactly this many bytes. */
function contentOf(bytes: number): Content {
  const content = { pad: Buffer.alloc(bytes - lengthOf({ pad: Buffer.alloc(70_000) }) + 70_000) };
  expect(lengthOf(content)).toBe(bytes);
  return content;
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('outgoing', () => {
  it('returns a copy that shares nothing with the original', () => {
    const content = { list: [1], bytes: Buffer.from([1]) };
    const copy = outgoing(content, memoryLayer());
    content.list.push(2);
    content.bytes[0] = 2;
    expect(copy).toEqual({ list: [1], bytes: Buffer.from([1]) });
  });

  it('refuses what is no content', () => {
    expectThrown(InvalidContent, () => outgoing([1], memoryLayer()));
    expectThrown(InvalidContent, () => outgoing({ when: new Date(0) }, memoryLayer()));
  });

  it.each([100_000, MIN_MAX_MESSAGE_BYTES])('takes %d bytes and refuses one more', (limit) => {
    const layer = layerOf(limit);
    outgoing(contentOf(limit), layer);
    const error = expectThrown(MessageTooLarge, () => outgoing(contentOf(limit + 1), layer));
    expect(error).toMatchObject({ bytes: limit + 1, maxMessageBytes: limit });
  });

  it.each<readonly [string, Content]>([
    ['text', { text: 'x'.repeat(500) }],
    ['text of longer characters', { text: '\u2603'.repeat(500) }],
    ['text of pairs', { text: '\u{1f3d4}'.repeat(500) }],
    ['bytes', { bytes: Buffer.alloc(500) }],
    ['lists', { list: Array.from({ length: 500 }, (_, index) => index) }],
    ['lists in lists', { list: Array.from({ length: 500 }, () => [[]]) }],
    ['maps', Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, {}]))],
    ['fractions and long integers', { list: [0.1, 2n ** 62n, -(2n ** 63n), 2 ** 53, 1e300] }],
    ['nothing', {}],
  ])('measures %s exactly as it is encoded', (_, content) => {
    const bytes = lengthOf(content);
    expect(outgoing(content, layerOf(bytes))).toEqual(content);
    const error = expectThrown(MessageTooLarge, () => outgoing(content, layerOf(bytes - 1)));
    expect(error.bytes).toBe(bytes);
  });

  it('has a bound that no encoded content is longer than', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        expect(lengthOf(content)).toBeLessThanOrEqual(measuredSnapshot(content).sizeBound);
      }),
      { numRuns: 1_000 },
    );
  });

  it('encodes nothing to measure content whose bound is within the limit', () => {
    const encode = jest.spyOn(Codec.prototype, 'encode');
    const content = { text: 'x'.repeat(1_000), list: [1, 2, 3] };
    const { sizeBound } = measuredSnapshot(content);
    outgoing(content, layerOf(sizeBound));
    expect(encode).not.toHaveBeenCalled();
    outgoing(content, layerOf(sizeBound - 1));
    expect(encode).toHaveBeenCalledTimes(1);
  });
});

describe('A message that is too large', () => {
  function setUp() {
    const layer = memoryLayer();
    const calls = [jest.spyOn(layer, 'send'), jest.spyOn(layer, 'groupSend')];
    const scopes = new SendScopes(new ManualClock());
    const channel = new Channel('jobs', layer, scopes);
    const group = new Group('room', layer, scopes);
    return { layer, calls, scopes, channel, group };
  }

  it('is refused by a channel and a group before their layer is called', () => {
    const { calls, channel, group } = setUp();
    const content = contentOf(MIN_MAX_MESSAGE_BYTES + 1);
    expectThrown(MessageTooLarge, () => channel.send(content));
    expectThrown(MessageTooLarge, () => group.send(content));
    for (const call of calls) expect(call).not.toHaveBeenCalled();
  });

  it('is refused inside a scope where the mistake was made, and the rest is sent', async () => {
    const { layer, scopes, channel } = setUp();
    const failures: unknown[] = [];
    await scopes.run(
      async () => {
        await channel.send({ id: 1 });
        const content = contentOf(MIN_MAX_MESSAGE_BYTES + 1);
        expectThrown(MessageTooLarge, () => channel.send(content));
      },
      (_, error) => failures.push(error),
    );
    expect(failures).toEqual([]);
    expect(await contents(layer, 'jobs')).toEqual([{ id: 1 }]);
  });

  it('is one byte longer than the longest that is delivered', async () => {
    const { layer, channel } = setUp();
    const content = contentOf(MIN_MAX_MESSAGE_BYTES);
    await channel.send(content);
    expect(await contents(layer, 'jobs')).toEqual([content]);
  });
});
