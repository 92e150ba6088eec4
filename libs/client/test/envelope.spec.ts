import { describe, expect, it } from '@jest/globals';
import { type Delivery, jsonCodec, readFrame, writeFrame } from '../src/envelope.js';
import { ServerError } from '../src/errors.js';

const read = (value: unknown): Delivery => readFrame(JSON.stringify(value), jsonCodec);
const code = (value: string): unknown => expect.objectContaining({ code: value });

describe('readFrame', () => {
  it.each([null, 1, 'text', true, [1], {}, { text: 'hi' }, { stream: null, text: 'hi' }])(
    'takes %j for a message of no stream',
    (message) => {
      expect(read(message)).toEqual({ stream: null, message });
    },
  );

  it.each([{ a: 1 }, [1], 'text', 0, null])('takes the payload %j of a stream', (payload) => {
    expect(read({ stream: 'jobs', payload })).toEqual({ stream: 'jobs', message: payload });
  });

  it.each([
    [{ error: 'no' }, undefined, 'The server reports: no.'],
    [{ stream: null, error: 'no' }, undefined, 'The server reports: no.'],
    [{ stream: 'jobs', error: { code: 'x' } }, 'jobs', 'The server reports: x.'],
    [{ error: { code: 'x', message: 'why' } }, undefined, 'The server reports: why.'],
    [{ error: 7 }, undefined, 'The server reports: an error.'],
  ])('takes %j for an error of the server', (frame, stream, message) => {
    const error = thrownBy(() => read(frame)) as ServerError;
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({ stream, message, detail: frame.error });
  });

  it.each([
    { error: 'no', retry: true },
    { error: 'no', payload: 1 },
  ])('leaves %j to the application', (message) => {
    expect(read(message)).toEqual({ stream: null, message });
  });

  it.each(['{', '', 'undefined', '{"a":1}}'])('refuses %j, which is not JSON', (text) => {
    expect(() => readFrame(text, jsonCodec)).toThrow(code('CHANNELS_CLIENT_FRAME_INVALID'));
  });

  it('quotes nothing of a frame, and keeps the error of another codec', () => {
    const error = thrownBy(() => readFrame('{ secret', jsonCodec)) as Error;
    expect([error.message, error.cause]).toEqual([
      'Cannot read a frame: it is not JSON.',
      undefined,
    ]);
    const cause = new Error('no such version');
    const codec = {
      ...jsonCodec,
      decode: () => {
        throw cause;
      },
    };
    expect(thrownBy(() => readFrame('1', codec))).toMatchObject({
      message: 'Cannot read a frame: its codec failed.',
      cause,
    });
  });

  it('refuses bytes and a stream that is no text', () => {
    for (const act of [() => readFrame(new ArrayBuffer(1), jsonCodec), () => read({ stream: 1 })]) {
      expect(act).toThrow(code('CHANNELS_CLIENT_FRAME_INVALID'));
    }
  });
});

describe('writeFrame', () => {
  it('writes a message, and one of a stream in its envelope', () => {
    expect(writeFrame({ stream: null, message: { a: 1 } }, jsonCodec)).toBe('{"a":1}');
    expect(writeFrame({ stream: 's', message: 1 }, jsonCodec)).toBe('{"stream":"s","payload":1}');
  });

  it('refuses what JSON cannot express', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    for (const message of [undefined, circle, 1n, () => 1]) {
      expect(() => writeFrame({ stream: null, message }, jsonCodec)).toThrow(
        code('CHANNELS_CLIENT_MESSAGE_INVALID'),
      );
    }
  });

  it('goes by a codec of your own, both ways', () => {
    const codec = {
      encode: (value: unknown) => `!${String(value)}`,
      decode: (text: string) => text,
    };
    expect(writeFrame({ stream: null, message: 1 }, codec)).toBe('!1');
    expect(readFrame('!1', codec)).toEqual({ stream: null, message: '!1' });
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
