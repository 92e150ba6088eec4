import { describe, expect, it } from '@jest/globals';
import { after, isBefore, STREAM_START, timeOf } from '../src/stream-id.js';

describe('a place in a stream', () => {
  it('is before one of a later time, and of the same time with a higher count', () => {
    expect(isBefore('9-0', '10-0')).toBe(true);
    expect(isBefore('10-9', '10-10')).toBe(true);
    expect(isBefore('10-10', '10-10')).toBe(false);
    expect(isBefore('11-0', '10-10')).toBe(false);
    expect(isBefore(STREAM_START, '0-1')).toBe(true);
  });

  it('tells its time and what is behind it', () => {
    expect(timeOf('1700000000000-3')).toBe(1_700_000_000_000);
    expect(after('1700000000000-3')).toBe('1700000000000-4');
  });
});
