import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { AccessLog } from '../../src/server/access-log.js';
import { recordLogs } from '../support/recorded-logs.js';

const CLIENT = '203.0.113.7';

function request(url: string): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url });
}

describe('AccessLog', () => {
  it('logs a handshake and an end, each with the time it took', () => {
    const logs = recordLogs();
    const clock = new ManualClock();
    const record = new AccessLog('text', clock).begin(request('/rooms/blue'), CLIENT);
    clock.advance(12);
    record.answered({ status: 101 });
    clock.advance(3_000);
    record.ended({ code: 1000 });
    expect(logs.messages('log', 'Access')).toEqual([
      '203.0.113.7 GET "/rooms/blue" 101 after 12 ms',
      '203.0.113.7 GET "/rooms/blue" closed 1000 after 3000 ms',
    ]);
  });

  it('logs objects when it is told to', () => {
    const logs = recordLogs();
    const record = new AccessLog('json', new ManualClock()).begin(request('/a'), CLIENT);
    record.answered({ status: 403, reason: 'origin' });
    const [line] = logs.messages('log', 'Access');
    expect(JSON.parse(line)).toMatchObject({ event: 'handshake', path: '/a', status: 403 });
  });

  it.each(['text', 'json'] as const)('keeps queries out of %s', (format) => {
    const logs = recordLogs();
    const record = new AccessLog(format, new ManualClock()).begin(request('/a?token=1?2'), CLIENT);
    record.answered({ status: 101 });
    const [line] = logs.messages('log', 'Access');
    expect(line).toContain('"/a"');
    expect(line).not.toMatch(/token|[?]/);
  });

  it.each(['text', 'json'] as const)('writes lines of 2 KiB at most in %s', (format) => {
    const logs = recordLogs();
    const url = `/${'"\u0001ä'.repeat(10_000)}`;
    const record = new AccessLog(format, new ManualClock()).begin(request(url), CLIENT);
    const long = '\u0001'.repeat(10_000);
    record.answered({ status: 101, subprotocol: long, reason: long });
    record.ended({ code: 1000, reason: long, framesIn: 2 ** 53, bytesIn: 2 ** 53 });
    for (const line of logs.messages('log', 'Access')) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(2_048);
    }
  });
});
