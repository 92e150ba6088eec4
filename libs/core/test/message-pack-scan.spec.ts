import { describe, expect, it, jest } from '@jest/globals';
import { Codec, MalformedMessage } from '@nest-channels/core';
import * as fc from 'fast-check';
import { Packr } from 'msgpackr';
import { assertDecodable } from '../src/message-pack-scan.js';
import { expectThrown } from './support/failure.js';
import { anyContent } from './support/any-content.js';

const codec = new Codec();

/** Wraps a value as the only one of a message. */
function messageOf(...value: (number | readonly number[])[]): Uint8Array {
  return Uint8Array.from([0x81, 0xa1, 0x61, value].flat(2));
}

function repeated(bytes: readonly number[], times: number): number[] {
  return Array.from({ length: times }, () => bytes).flat();
}

/** Returns the refusal of bytes, which has to come before anything is decoded. */
function refusal(bytes: Uint8Array): MalformedMessage {
  const unpack = jest.spyOn(Packr.prototype, 'unpack');
  expectThrown(MalformedMessage, () => codec.decode(bytes));
  expect(unpack).not.toHaveBeenCalled();
  unpack.mockRestore();
  return expectThrown(MalformedMessage, () => assertDecodable(bytes));
}

describe('assertDecodable', () => {
  it('is what a codec asks before it decodes', () => {
    const unpack = jest.spyOn(Packr.prototype, 'unpack');
    codec.decode(messageOf(1));
    expect(unpack).toHaveBeenCalledTimes(1);
    unpack.mockRestore();
  });

  it.each<readonly [string, Uint8Array]>([
    ['an array of 4,294,967,295', messageOf(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ['an array of 65,535', messageOf(0xdc, 0xff, 0xff)],
    ['an array of 15', messageOf(0x9f)],
    ['an array with one more than it holds', messageOf(0x93, 1, 2)],
    ['a map of 4,294,967,295', messageOf(0xdf, 0xff, 0xff, 0xff, 0xff)],
    ['a map of 65,535', messageOf(0xde, 0xff, 0xff)],
    ['a map of 15', messageOf(0x8f)],
    ['a map with one more than it holds', messageOf(0x82, 0xa1, 0x61, 1)],
    ['a key without a value', messageOf(0x81, 0xa1, 0x61)],
    ['an outer map of 4,294,967,295', Uint8Array.from([0xdf, 0xff, 0xff, 0xff, 0xff])],
    ['an outer map of 2,147,483,648', Uint8Array.from([0xdf, 0x80, 0, 0, 0, 0xa1, 0x61, 1])],
    ['an outer map of 65,535', Uint8Array.from([0xde, 0xff, 0xff])],
    ['4,294,967,295 bytes', messageOf(0xc6, 0xff, 0xff, 0xff, 0xff)],
    ['65,535 bytes', messageOf(0xc5, 0xff, 0xff)],
    ['255 bytes', messageOf(0xc4, 0xff)],
    ['a text of 4,294,967,295', messageOf(0xdb, 0xff, 0xff, 0xff, 0xff)],
    ['a text of 65,535', messageOf(0xda, 0xff, 0xff)],
    ['a text of 255', messageOf(0xd9, 0xff)],
    ['a text of 31', messageOf(0xbf)],
    ['a text with one more than it holds', messageOf(0xa3, 0x61, 0x61)],
    ['a key of 4,294,967,295', Uint8Array.from([0x81, 0xdb, 0xff, 0xff, 0xff, 0xff, 0x61, 1])],
    ['a key of 65,535', Uint8Array.from([0x81, 0xda, 0xff, 0xff, 0x61, 1])],
    ['9 kB of arrays of 65,535 in each other', messageOf(repeated([0xdc, 0xff, 0xff], 3_000))],
    ['9 kB of arrays of 15 in each other', messageOf(repeated([0x9f], 9_000))],
    ['9 kB of arrays of one in each other', messageOf(repeated([0x91], 9_000))],
    ['9 kB of maps in each other', messageOf(repeated([0x81, 0xa1, 0x61], 3_000), 1)],
    [
      'a megabyte of arrays of 1,000,000 in each other',
      messageOf(repeated([0xdd, 0, 0x0f, 0x42, 0x40], 60), repeated([0xc0], 1_000_000)),
    ],
  ])('refuses %s', (_, bytes) => {
    refusal(bytes);
  });

  it.each([66, 100, 5_000, 100_000])('refuses %d levels', (levels) => {
    const error = refusal(messageOf(repeated([0x91], levels), 0xc0));
    expect(error.message).toBe('Cannot read a message: it is nested deeper than 64.');
  });

  it('takes the 64 levels that content may have', () => {
    let value: unknown = 1;
    for (let level = 1; level < 64; level++) value = [value];
    assertDecodable(codec.encode({ value }));
  });

  it.each<readonly [string, number[]]>([
    ['a number', [0x01]],
    ['nil', [0xc0]],
    ['a map', [0x80]],
    ['an array', [0x90]],
    ['bytes', [0xc4, 1, 0x61]],
    ['a fraction', [0xcb, 0, 0, 0, 0, 0, 0, 0, 0]],
  ])('refuses a key that is %s', (_, key) => {
    const error = refusal(Uint8Array.from([0x81, ...key, 0xc0]));
    expect(error.message).toBe('Cannot read a message: a key is not text.');
  });

  it.each<readonly [string, number[]]>([
    ['fixext 1', [0xd4, 0, 0]],
    ['fixext 2', [0xd5, 1, 0, 0]],
    ['fixext 4, a timestamp', [0xd6, 0xff, 0, 0, 0, 0]],
    ['fixext 8, a timestamp', [0xd7, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['fixext 16', [0xd8, 1, ...repeated([0], 16)]],
    ['fixext 1, a record of msgpackr', [0xd4, 0x72, 0x40]],
    ['ext 8', [0xc7, 1, 0, 0]],
    ['ext 16', [0xc8, 0, 1, 0, 0]],
    ['ext 32', [0xc9, 0, 0, 0, 1, 0, 0]],
    ['ext 8, an error of msgpackr', [0xc7, 1, 0x65, 0xc0]],
    ['the type that is never used', [0xc1]],
  ])('refuses %s', (_, value) => {
    const error = refusal(messageOf(...value));
    const type = value[0].toString(16);
    expect(error.message).toBe(`Cannot read a message: it holds the type 0x${type}.`);
  });

  it.each<readonly [string, number[]]>([
    ['nothing', []],
    ['nil', [0xc0]],
    ['a number', [0x01]],
    ['a text', [0xa1, 0x61]],
    ['an array', [0x90]],
    ['an array of a map', [0x91, 0x80]],
    ['bytes', [0xc4, 0]],
    ['an extension', [0xd4, 0, 0]],
  ])('refuses %s in place of a map', (_, bytes) => {
    expect(refusal(Uint8Array.from(bytes)).message).toBe('Cannot read a message: it is not a map.');
  });

  it.each([
    ['one byte', [0xc0]],
    ['another message', [0x80]],
    ['a megabyte', repeated([0], 1_048_576)],
  ])('refuses %s behind the end', (_, more) => {
    const bytes = Buffer.concat([codec.encode({ id: 1 }), Uint8Array.from(more)]);
    expect(refusal(bytes).message).toBe('Cannot read a message: bytes follow its end.');
  });

  it('refuses a message that was cut, wherever it was', () => {
    const bytes = codec.encode({
      text: 'x'.repeat(300),
      short: 'y',
      bytes: Buffer.alloc(300),
      list: [1, -1, 200, -200, 70_000, -70_000, 2 ** 40, 0.5, 2n ** 60n, null, true, false],
      map: { a: { b: [{}] } },
      long: Array.from({ length: 20 }, (_, index) => index),
    });
    for (let length = 0; length < bytes.length; length++) refusal(bytes.subarray(0, length));
    assertDecodable(bytes);
  });

  it('takes whatever the codec writes', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        assertDecodable(codec.encode(content));
      }),
    );
  });

  it('takes keys of each length', () => {
    const keys = ['', 'k', 'k'.repeat(31), 'k'.repeat(255), 'k'.repeat(65_535), 'k'.repeat(70_000)];
    assertDecodable(codec.encode(Object.fromEntries(keys.map((key) => [key, 1]))));
  });

  it('lets the codec read or refuse any bytes, and never fails otherwise', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const message = fc.tuple(fc.integer({ min: 0x80, max: 0x8f }), bytes);
    const likely = message.map(([type, rest]) => Uint8Array.from([type, ...rest]));
    fc.assert(
      fc.property(fc.oneof(bytes, likely), (given) => {
        expect(outcomeOf(given)).toBe('done');
      }),
      { numRuns: 2_000 },
    );
  });

  it('lets the codec read or refuse any message with one byte changed', () => {
    fc.assert(
      fc.property(anyContent, fc.nat(), fc.nat(255), (content, place, value) => {
        const bytes = Buffer.from(codec.encode(content));
        bytes[place % bytes.length] = value;
        expect(outcomeOf(bytes)).toBe('done');
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Reads bytes: `done` for an object and for the error they have to be refused with. */
function outcomeOf(bytes: Uint8Array): unknown {
  try {
    const content: unknown = codec.decode(bytes);
    return typeof content === 'object' && content !== null ? 'done' : content;
  } catch (error) {
    return error instanceof MalformedMessage ? 'done' : error;
  }
}
