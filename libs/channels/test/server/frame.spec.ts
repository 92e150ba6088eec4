import { describe, expect, it } from '@jest/globals';
import { Frame } from '../../src/server/frame.js';

/** Reads a frame of a server as RFC 6455 §5.2 lays it out. */
function decode(wire: Buffer): { opcode: number; isFinal: boolean; payload: Buffer } {
  const short = wire[1];
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  const length =
    short < 126 ? short : short === 126 ? wire.readUInt16BE(2) : Number(wire.readBigUInt64BE(2));
  expect(wire.length).toBe(start + length);
  return { opcode: wire[0] & 0x0f, isFinal: wire[0] >= 0x80, payload: wire.subarray(start) };
}

const LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000];

describe('Frame', () => {
  it.each(LENGTHS)('carries a text of %d bytes', (length) => {
    const text = 'x'.repeat(length);
    const { opcode, isFinal, payload } = decode(new Frame(text).wire);
    expect([opcode, isFinal, payload.toString()]).toEqual([1, true, text]);
  });

  it.each(LENGTHS)('carries %d bytes', (length) => {
    const bytes = Buffer.alloc(length, 7);
    const { opcode, isFinal, payload } = decode(new Frame(bytes).wire);
    expect([opcode, isFinal, payload.equals(bytes)]).toEqual([2, true, true]);
  });

  it('counts the bytes of a text, not its characters', () => {
    const text = '€'.repeat(100);
    expect(decode(new Frame(text).wire).payload.toString()).toBe(text);
  });

  it('carries bytes that are a part of a larger buffer', () => {
    const bytes = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    expect([...decode(new Frame(bytes).wire).payload]).toEqual([2, 3]);
  });

  it('is encoded once, for all who are sent it', () => {
    const frame = new Frame('to all');
    expect(frame.wire).toBe(frame.wire);
  });

  it.each<[string | Uint8Array, boolean]>([
    ['', true],
    [new Uint8Array(), true],
    ['x', false],
  ])('of %j says whether it is empty', (data, isEmpty) => {
    expect(new Frame(data).isEmpty).toBe(isEmpty);
  });
});
