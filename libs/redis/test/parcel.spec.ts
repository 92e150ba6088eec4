import { describe, expect, it } from '@jest/globals';
import { pack, unpack } from '../src/parcel.js';

const messages = [
  { localPart: 'a', body: Buffer.from('first') },
  { localPart: '', body: Buffer.alloc(0) },
  { localPart: 'x'.repeat(98), body: Buffer.alloc(70_000, 1) },
];

describe('a parcel', () => {
  it('is read as it was packed', () => {
    expect(unpack(pack(messages))).toEqual(messages);
    expect(unpack(pack([]))).toEqual([]);
  });

  it('is none when it ends within a message', () => {
    const parcel = pack(messages);
    const ends = [1, 3, 9, 12, parcel.length - 1];
    expect(ends.map((end) => unpack(parcel.subarray(0, end)))).toEqual(ends.map(() => undefined));
  });
});
