import { describe, expect, it } from '@jest/globals';
import type { Content } from '@nest-channels/core';
import { InvalidReply } from '../../src/errors.js';
import { Frame } from '../../src/server/frame.js';
import { readReply, type Reply } from '../../src/server/reply-reader.js';

const NOTHING: Reply = {
  accept: undefined,
  subprotocol: undefined,
  headers: {},
  status: 403,
  body: undefined,
  frame: undefined,
  close: undefined,
  settled: undefined,
};

function problemOf(content: Content): string {
  let error: unknown;
  try {
    readReply(content);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(InvalidReply);
  expect(error).toHaveProperty('code', 'CHANNELS_REPLY_INVALID');
  return (error as InvalidReply).message;
}

const normal = (code: number, reason = ''): Partial<Reply> => ({ close: { code, reason } });

describe('readReply', () => {
  it.each<[string, Content, Partial<Reply>]>([
    ['nothing', {}, {}],
    ['an accept', { accept: true }, { accept: true }],
    ['a refusal', { accept: false }, { accept: false }],
    ['a subprotocol', { subprotocol: 'chat' }, { subprotocol: 'chat' }],
    ['headers', { headers: { 'X-A': 'b' } }, { headers: { 'X-A': 'b' } }],
    ['no headers', { headers: {} }, {}],
    ['the lowest status', { status: 300 }, { status: 300 }],
    ['the highest status', { status: 599 }, { status: 599 }],
    ['a body', { body: 'no' }, { body: 'no' }],
    ['an empty body', { body: '' }, { body: '' }],
    ['a text', { text: 'hi' }, { frame: new Frame('hi') }],
    ['an empty text', { text: '' }, { frame: new Frame('') }],
    ['bytes', { bytes: Buffer.from([1]) }, { frame: new Frame(Buffer.from([1])) }],
    ['no bytes', { bytes: Buffer.alloc(0) }, { frame: new Frame(Buffer.alloc(0)) }],
    [
      'bytes of no buffer',
      { bytes: new Uint8Array([2]) },
      { frame: new Frame(new Uint8Array([2])) },
    ],
    ['a settlement', { settled: 32 }, { settled: 32 }],
    ['a close', { close: true }, normal(1000)],
    ['no close', { close: false }, {}],
    ['no close for a reason', { close: false, reason: 'x'.repeat(200) }, {}],
    ['a reason without a close', { reason: 'because' }, {}],
    ['a close for a reason', { close: true, reason: 'bye' }, normal(1000, 'bye')],
    ['a close code for a reason', { close: 4000, reason: 'bye' }, normal(4000, 'bye')],
    ['the longest reason', { close: true, reason: 'x'.repeat(123) }, normal(1000, 'x'.repeat(123))],
    [
      'all at once',
      {
        accept: true,
        subprotocol: 'chat',
        headers: { 'X-A': 'b' },
        status: 404,
        body: 'none',
        text: 'hi',
        close: 1001,
        reason: 'bye',
      },
      {
        accept: true,
        subprotocol: 'chat',
        headers: { 'X-A': 'b' },
        status: 404,
        body: 'none',
        frame: new Frame('hi'),
        close: { code: 1001, reason: 'bye' },
      },
    ],
  ])('reads %s', (_what, content, expected) => {
    expect(readReply(content)).toEqual({ ...NOTHING, ...expected });
  });

  it.each([
    'accept',
    'subprotocol',
    'headers',
    'status',
    'body',
    'text',
    'bytes',
    'close',
    'reason',
  ])('takes null for an absent "%s"', (key) => {
    expect(readReply({ [key]: null })).toEqual(NOTHING);
    expect(readReply({ [key]: undefined })).toEqual(NOTHING);
  });

  it.each([
    [{ text: 'hi', bytes: null }, 'hi'],
    [{ text: null, bytes: Buffer.from([1]) }, Buffer.from([1])],
  ])('takes the one of text and bytes that is not null: %j', (content, data) => {
    expect(readReply(content)).toHaveProperty('frame.data', data);
  });

  it.each([1000, 1001, 1003, 1007, 1014, 3000, 4999])('reads the close code %i', (code) => {
    expect(readReply({ close: code })).toEqual({ ...NOTHING, ...normal(code) });
  });

  it.each([0, 1, 999, 1004, 1005, 1006, 1015, 2999, 5000, -1000, 1000.5, NaN, Infinity])(
    'refuses the close code %d',
    (code) => {
      expect(problemOf({ close: code })).toContain(
        `Cannot close a connection: code ${code} is not one of 1000-1003, 1007-1014 or 3000-4999.`,
      );
    },
  );

  it.each([
    ['of 124 letters', 'x'.repeat(124), 124],
    ['of 42 letters of three bytes', '☃'.repeat(42), 126],
  ])('refuses a reason %s', (_what, reason, bytes) => {
    expect(problemOf({ close: 4000, reason })).toContain(
      `Cannot close a connection: the reason has ${bytes} bytes, at most 123 fit.`,
    );
  });

  it.each<[Content, string]>([
    [{ accept: 1 }, '"accept" of a reply is a boolean, not 1'],
    [{ accept: 'true' }, '"accept" of a reply is a boolean, not "true"'],
    [{ subprotocol: ['chat'] }, '"subprotocol" of a reply is a text, not ["chat"]'],
    [{ headers: 'X-A: b' }, '"headers" of a reply is an object of texts, not "X-A: b"'],
    [{ headers: { 'X-A': 1 } }, '"headers" of a reply is an object of texts, not {"X-A":1}'],
    [{ headers: { 'X-A': null } }, '"headers" of a reply is an object of texts, not {"X-A":null}'],
    [{ headers: [['X-A', 'b']] }, '"headers" of a reply is an object of texts, not [["X-A","b"]]'],
    [{ headers: ['b'] }, '"headers" of a reply is an object of texts, not ["b"]'],
    [{ status: 299 }, '"status" of a reply is an HTTP status from 300 to 599, not 299'],
    [{ status: 600 }, '"status" of a reply is an HTTP status from 300 to 599, not 600'],
    [{ status: 101 }, '"status" of a reply is an HTTP status from 300 to 599, not 101'],
    [{ status: 403.5 }, '"status" of a reply is an HTTP status from 300 to 599, not 403.5'],
    [{ status: '403' }, '"status" of a reply is an HTTP status from 300 to 599, not "403"'],
    [{ body: { a: 1 } }, '"body" of a reply is a text, not {"a":1}'],
    [{ text: 7 }, '"text" of a reply is a text, not 7'],
    [{ text: false }, '"text" of a reply is a text, not false'],
    [{ bytes: 'hi' }, '"bytes" of a reply is bytes, not "hi"'],
    [{ bytes: [1, 2] }, '"bytes" of a reply is bytes, not [1,2]'],
    [{ close: '1000' }, '"close" of a reply is a boolean or a close code, not "1000"'],
    [{ close: true, reason: 1 }, '"reason" of a reply is a text, not 1'],
    [{ reason: 1 }, '"reason" of a reply is a text, not 1'],
    [{ text: 'hi', bytes: Buffer.from([1]) }, 'a reply carries text or bytes, not both'],
    [{ text: '', bytes: Buffer.alloc(0) }, 'a reply carries text or bytes, not both'],
  ])('refuses %j', (content, problem) => {
    expect(problemOf(content)).toBe(problem);
  });

  it.each<[string, Content]>([
    ['accept', { accept: 1n }],
    ['status', { status: 403n }],
    ['close', { close: 1000n }],
    ['body', { body: { size: 1n } }],
  ])('refuses a 64-bit integer as "%s"', (key, content) => {
    expect(problemOf(content)).toContain(`"${key}" of a reply is `);
  });

  it.each(['content', 'Accept', 'reply_channel', '', 'constructor'])(
    'refuses a key that it does not know: "%s"',
    (key) => {
      const problem =
        `a reply has no key "${key}", only ` +
        'accept, subprotocol, headers, status, body, text, bytes, close, reason, ordered, settled';
      expect(problemOf({ text: 'hi', [key]: 1 })).toBe(problem);
      expect(problemOf({ text: 'hi', [key]: null })).toBe(problem);
    },
  );

  it.each([
    ['a line break in a value', { 'X-A': 'b\r\nX-Evil: 1' }, 'Invalid character in header content'],
    ['a line feed in a value', { 'X-A': 'b\nc' }, 'Invalid character in header content'],
    ['a line break in a name', { 'X-A\r\nX-Evil': '1' }, 'Header name must be a valid HTTP token'],
    ['an empty name', { '': 'b' }, 'Header name must be a valid HTTP token'],
    ['a character beyond a byte', { 'X-A': '☃' }, 'Invalid character in header content'],
  ])('refuses headers with %s', (_what, headers, why) => {
    const problem = problemOf({ headers });
    expect(problem).toMatch(/^a header cannot be sent: /);
    expect(problem).toContain(why);
  });
});
