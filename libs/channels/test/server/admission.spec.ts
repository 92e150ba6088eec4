import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { Admission, type AdmissionLimits } from '../../src/server/admission.js';

const LIMITS: AdmissionLimits = {
  maxConnections: 4,
  maxConnectionsPerAddress: 2,
  maxHandshakesPerSecond: 100,
  maxHandshakesPerSecondPerAddress: 50,
};

function admission(limits: Partial<AdmissionLimits> = {}, random = (): number => 0): Admission {
  return new Admission({ ...LIMITS, ...limits }, { clock: new ManualClock(), random });
}

describe('Admission', () => {
  it('refuses an address that holds as many connections as it may with 429', () => {
    const doors = admission();
    for (let time = 0; time < 2; time++) {
      expect(doors.arrive('a')).toBeUndefined();
      doors.enter('a');
    }
    expect(doors.arrive('a')).toEqual({
      of: 'address',
      reason: 'over maxConnectionsPerAddress (2)',
      status: 429,
      headers: { 'Retry-After': '1' },
    });
    expect(doors.arrive('b')).toBeUndefined();
  });

  it('refuses everybody with 503 when all places are taken', () => {
    const doors = admission();
    for (const address of ['a', 'b', 'c', undefined]) doors.enter(address);
    for (const address of ['d', undefined]) {
      expect(doors.arrive(address)).toMatchObject({
        of: 'process',
        reason: 'over maxConnections (4)',
        status: 503,
      });
    }
  });

  it('gives a place to the next when one is left', () => {
    const doors = admission({ maxConnections: 1 });
    const leave = doors.enter('a');
    expect(doors.arrive('a')).toBeDefined();
    leave();
    expect(doors.arrive('a')).toBeUndefined();
  });

  it('counts no connections of clients without an address of their own', () => {
    const doors = admission({ maxConnections: Infinity });
    for (let time = 0; time < 50; time++) doors.enter(undefined);
    expect(doors.arrive(undefined)).toBeUndefined();
  });

  it('refuses too many handshakes of one address with 429 and of all with 503', () => {
    const one = admission({ maxHandshakesPerSecondPerAddress: 1 });
    one.arrive('a');
    expect(one.arrive('a')).toMatchObject({
      reason: 'over maxHandshakesPerSecondPerAddress (1)',
      status: 429,
    });
    const all = admission({ maxHandshakesPerSecond: 1 });
    all.arrive('a');
    expect(all.arrive('b')).toMatchObject({
      reason: 'over maxHandshakesPerSecond (1)',
      status: 503,
    });
  });

  it.each([
    [0, '1'],
    [0.5, '3'],
    [0.999, '5'],
  ])('spreads those it refuses over seconds: %d becomes %s', (drawn, seconds) => {
    const doors = admission({ maxConnections: 0 }, () => drawn);
    expect(doors.arrive('a')?.headers).toEqual({ 'Retry-After': seconds });
  });
});
