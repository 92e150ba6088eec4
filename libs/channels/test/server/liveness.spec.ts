import { describe, expect, it } from '@jest/globals';
import { Liveness, type LivenessLimits, type Signs } from '../../src/server/liveness.js';

const LIMITS: LivenessLimits = {
  pingIntervalMs: 20,
  pingTimeoutMs: 30,
  messageTimeoutMs: 15,
  maxAgeMs: 1_000,
};

const signs = (bytesRead: number, over: Partial<Signs> = {}): Signs => ({
  bytesRead,
  messages: 0,
  isUnfinished: false,
  ...over,
});

/** Judges a connection at the given times by the given signs. */
function judge(...checks: [now: number, signs: Signs | undefined][]): string[] {
  const liveness = new Liveness(0);
  return checks.map(([now, shown]) => liveness.judge(now, shown, LIMITS));
}

describe('Liveness', () => {
  it('has a client pinged once when it has been silent', () => {
    expect(judge([1, signs(5)], [20, signs(5)], [21, signs(5)], [50, signs(5)])).toEqual([
      'alive',
      'alive',
      'silent',
      'alive',
    ]);
  });

  it('takes a client for dead that stays silent after a ping', () => {
    expect(judge([1, signs(5)], [21, signs(5)], [51, signs(5)])).toEqual([
      'alive',
      'silent',
      'dead',
    ]);
  });

  it('takes any byte for a sign of life, and starts over', () => {
    expect(judge([1, signs(5)], [21, signs(5)], [50, signs(6)], [69, signs(6)])).toEqual([
      'alive',
      'silent',
      'alive',
      'alive',
    ]);
  });

  it('expects nothing of a client that the server does not read, and pings it to see its end', () => {
    const unread: [number, undefined][] = [
      [500, undefined],
      [501, undefined],
    ];
    expect(judge([1, signs(5)], [21, signs(5)], ...unread, [510, signs(5)])).toEqual([
      'alive',
      'silent',
      'silent',
      'silent',
      'alive',
    ]);
  });

  it('has nobody pinged where pings are switched off', () => {
    const limits = { ...LIMITS, pingIntervalMs: Infinity };
    expect(new Liveness(0).judge(500, undefined, limits)).toBe('alive');
  });

  it('gives a ping its time anew after the process stood still', () => {
    const liveness = new Liveness(0);
    liveness.judge(1, signs(5), LIMITS);
    expect(liveness.judge(21, signs(5), LIMITS)).toBe('silent');
    liveness.forgive(500);
    expect(liveness.judge(500, signs(5), LIMITS)).toBe('alive');
    expect(liveness.judge(530, signs(5), LIMITS)).toBe('dead');
  });

  it('finds a message that does not end, whatever else comes', () => {
    const unfinished = { isUnfinished: true };
    expect(
      judge([1, signs(5, unfinished)], [15, signs(11, unfinished)], [16, signs(17, unfinished)]),
    ).toEqual(['alive', 'alive', 'unfinished']);
  });

  it('takes the time of each message by itself', () => {
    expect(
      judge(
        [1, signs(5, { isUnfinished: true, messages: 0 })],
        [14, signs(9, { isUnfinished: true, messages: 1 })],
        [28, signs(12, { isUnfinished: true, messages: 1 })],
        [29, signs(15, { isUnfinished: true, messages: 1 })],
      ),
    ).toEqual(['alive', 'alive', 'alive', 'unfinished']);
  });

  it('does not count the time in which a message was not read', () => {
    const unfinished = { isUnfinished: true };
    expect(judge([1, signs(5, unfinished)], [14, undefined], [20, signs(9, unfinished)])).toEqual([
      'alive',
      'silent',
      'alive',
    ]);
  });

  it('ends at its age, alive or not', () => {
    expect(judge([999, signs(5)], [1_000, signs(6)])).toEqual(['alive', 'old']);
  });
});
