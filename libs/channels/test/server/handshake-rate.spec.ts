import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { HandshakeRate } from '../../src/server/handshake-rate.js';

const LIMITS = { maxHandshakesPerSecond: 5, maxHandshakesPerSecondPerAddress: 2 };

describe('HandshakeRate', () => {
  it('takes so many of an address in a second, and as many in the next', () => {
    const clock = new ManualClock();
    const rate = new HandshakeRate(LIMITS, clock);
    const three = (): unknown[] => ['a', 'a', 'a'].map((address) => rate.add(address));
    expect(three()).toEqual([undefined, undefined, 'address']);
    clock.advance(999);
    expect(rate.add('a')).toBe('address');
    clock.advance(1);
    expect(three()).toEqual([undefined, undefined, 'address']);
  });

  it('takes so many of all addresses in a second', () => {
    const rate = new HandshakeRate(LIMITS, new ManualClock());
    const all = ['a', 'b', 'c', undefined, undefined, undefined, 'd'];
    const taken = Array.from({ length: 5 }, () => undefined);
    expect(all.map((address) => rate.add(address))).toEqual([...taken, 'process', 'process']);
  });

  it('does not count for all what it refuses to one', () => {
    const rate = new HandshakeRate(LIMITS, new ManualClock());
    for (let time = 0; time < 100; time++) rate.add('flood');
    expect(['a', 'b', 'c'].map((address) => rate.add(address))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('sets no timer that keeps a process alive', () => {
    const clock = new ManualClock();
    new HandshakeRate(LIMITS, clock).add('a');
    expect(clock.timers).toBe(0);
  });

  it('forgets everything when it is closed', () => {
    const rate = new HandshakeRate(LIMITS, new ManualClock());
    for (let time = 0; time < 3; time++) rate.add('a');
    rate.close();
    expect(rate.add('a')).toBeUndefined();
  });
});
