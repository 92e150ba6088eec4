import { describe, expect, it } from '@jest/globals';
import { type AccessEntry, asJson, asText } from '../../src/server/access-entry.js';

const SUBJECT = { client: '203.0.113.7', method: 'GET', path: '/rooms/blue', durationMs: 12 };

const ACCEPTED: AccessEntry = { ...SUBJECT, event: 'handshake', status: 101, subprotocol: 'chat' };
const REFUSED: AccessEntry = { ...SUBJECT, event: 'handshake', status: 429, reason: 'too many' };
const LEFT: AccessEntry = { ...SUBJECT, event: 'handshake' };
const TRAFFIC = { framesIn: 3, bytesIn: 120, framesOut: 4, bytesOut: 300 };
const ENDED: AccessEntry = { ...SUBJECT, event: 'end', code: 1000, reason: 'bye', ...TRAFFIC };
const CUT_OFF: AccessEntry = { ...SUBJECT, event: 'end', code: 1006 };

const EVIL = '"\r\n\u001b[2J\u0085\u2028\u202e{"event":"end"}';

describe('asText', () => {
  it.each([
    [ACCEPTED, '203.0.113.7 GET "/rooms/blue" 101 "chat" after 12 ms'],
    [REFUSED, '203.0.113.7 GET "/rooms/blue" 429 after 12 ms: "too many"'],
    [LEFT, '203.0.113.7 GET "/rooms/blue" left after 12 ms'],
    [
      ENDED,
      '203.0.113.7 GET "/rooms/blue" closed 1000, in 3 frames of 120 bytes, ' +
        'out 4 frames of 300 bytes after 12 ms: "bye"',
    ],
    [CUT_OFF, '203.0.113.7 GET "/rooms/blue" closed 1006 after 12 ms'],
  ])('is one sentence: %j', (entry, line) => {
    expect(asText(entry)).toBe(line);
  });
});

describe('asJson', () => {
  it('has the same keys in the same order whatever happened', () => {
    const keys = [ACCEPTED, REFUSED, LEFT, ENDED, CUT_OFF].map((entry) =>
      Object.keys(JSON.parse(asJson(entry)) as object),
    );
    expect(new Set(keys.map(String)).size).toBe(1);
  });

  it('tells of a handshake', () => {
    expect(JSON.parse(asJson(ACCEPTED))).toEqual({
      event: 'handshake',
      client: '203.0.113.7',
      method: 'GET',
      path: '/rooms/blue',
      durationMs: 12,
      status: 101,
      subprotocol: 'chat',
      code: null,
      framesIn: null,
      bytesIn: null,
      framesOut: null,
      bytesOut: null,
      reason: null,
    });
  });

  it('tells of an end', () => {
    expect(JSON.parse(asJson(ENDED))).toMatchObject({
      event: 'end',
      status: null,
      code: 1000,
      reason: 'bye',
      ...TRAFFIC,
    });
  });
});

describe.each([
  ['asText', asText],
  ['asJson', asJson],
])('%s', (_name, format) => {
  it('is one line without control characters, whatever a client sent', () => {
    const entry: AccessEntry = { ...SUBJECT, path: EVIL, event: 'end', code: 1000, reason: EVIL };
    expect(format(entry)).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]+$/u);
    expect(format({ ...ACCEPTED, subprotocol: EVIL })).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]+$/u);
  });

  it('cuts what is long', () => {
    const reason = '\u0000'.repeat(100_000);
    const entry: AccessEntry = { ...SUBJECT, event: 'handshake', status: 400, reason };
    expect(format(entry).length).toBeLessThan(600);
  });
});
