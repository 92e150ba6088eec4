import { describe, expect, it } from '@jest/globals';
import { ChannelFull, LayerUnavailable } from '@nest-channels/core';
import {
  assertCame,
  assertIds,
  assertRejects,
  assertSame,
  assertSameMembers,
  assertThrows,
  plain,
} from '../src/expectations.js';

const messages = [
  { channels: ['a'], content: { id: 1 } },
  { channels: ['b', 'c'], content: { id: 2 } },
];

describe('plain', () => {
  it('makes bytes of every kind the same, and tells them from text', () => {
    expect(plain({ list: [Buffer.from([1])] })).toEqual(plain({ list: [Uint8Array.of(1)] }));
    expect(plain(Uint8Array.of(1))).not.toEqual(plain(new Uint8Array(0)));
  });

  it('tells numbers from bigints, and null from nothing', () => {
    expect(() => assertSame({ a: 1 }, { a: 1n })).toThrow();
    expect(() => assertSame({ a: null }, {})).toThrow();
  });
});

describe('assertions', () => {
  it('on messages see their order, channels and ids', () => {
    assertIds(messages, [1, 2]);
    expect(() => assertIds(messages, [2, 1])).toThrow();
    assertCame(messages.slice(0, 1), [['a', 1]]);
    expect(() => assertCame(messages.slice(0, 1), [['b', 1]])).toThrow();
    expect(() => assertCame(messages.slice(1), [['b', 2]])).toThrow();
  });

  it('on members see them in any order', () => {
    assertSameMembers(['a', 'b'], ['b', 'a']);
    expect(() => assertSameMembers(['a', 'a'], ['a'])).toThrow();
  });

  it('on errors see their code, and nothing else', async () => {
    const full = new ChannelFull('jobs', 1);
    await assertRejects('ChannelFull', Promise.reject(full));
    await assertRejects('ChannelFull', Promise.reject(Object.assign(new Error(), full)));
    await expect(assertRejects('InvalidName', Promise.reject(full))).rejects.toThrow();
    await expect(assertRejects('ChannelFull', Promise.resolve())).rejects.toThrow();
    await expect(assertRejects('ChannelFull', Promise.reject(new Error()))).rejects.toThrow();
  });

  it('on errors that are thrown at once see the same', () => {
    assertThrows('LayerUnavailable', () => {
      throw new LayerUnavailable('closed');
    });
    expect(() => assertThrows('LayerUnavailable', () => undefined)).toThrow();
  });
});
