import { describe, expect, it } from '@jest/globals';
import { IntrinsicException } from '@nestjs/common';
import {
  CloseConnection,
  ConsumeLater,
  DenyConnection,
  InvalidClose,
  InvalidContent,
} from 'nest-channels';

describe('control flow', () => {
  it.each([new DenyConnection(), new CloseConnection(), new ConsumeLater()])(
    '%p is intrinsic, so that Nest logs no error',
    (thrown) => {
      expect(thrown).toBeInstanceOf(IntrinsicException);
      expect(thrown.name).toBe(thrown.constructor.name);
    },
  );
});

describe('DenyConnection', () => {
  it('denies with 403 unless told otherwise', () => {
    expect(new DenyConnection().denial).toEqual({ status: 403 });
  });

  it('keeps status, headers and body', () => {
    const denial = { status: 429, headers: { 'retry-after': '5' }, body: 'slow down' };
    expect(new DenyConnection(denial).denial).toEqual(denial);
  });

  it.each([99, 101, 200, 600, Number.NaN, 403.5])('refuses the status %p', (status) => {
    expect(() => new DenyConnection({ status })).toThrow(InvalidContent);
  });
});

describe('CloseConnection', () => {
  it('closes with 1000 and without a reason unless told otherwise', () => {
    expect(new CloseConnection()).toMatchObject({ code: 1000, reason: '' });
  });

  it.each([1000, 1008, 3000, 4999])('takes the code %i', (code) => {
    expect(new CloseConnection(code, 'why').code).toBe(code);
  });

  it.each([0, 999, 1005, 1006, 1015, 2999, 5000, Number.NaN])('refuses the code %p', (code) => {
    expect(() => new CloseConnection(code)).toThrow(InvalidClose);
  });

  it('refuses a reason that no close frame can carry', () => {
    expect(() => new CloseConnection(1000, 'x'.repeat(124))).toThrow(InvalidClose);
  });
});

describe('ConsumeLater', () => {
  it('waits 100 ms unless told otherwise', () => {
    expect(new ConsumeLater().delayMs).toBe(100);
    expect(new ConsumeLater({ delayMs: 0 }).delayMs).toBe(0);
  });

  it.each([-1, Infinity, Number.NaN])('refuses a delay of %p', (delayMs) => {
    expect(() => new ConsumeLater({ delayMs })).toThrow(RangeError);
  });
});
