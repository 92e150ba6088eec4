import { describe, expect, it } from '@jest/globals';
import { ChannelGlob } from '../../src/worker/channel-glob.js';

describe('ChannelGlob', () => {
  it.each([
    ['jobs', 'jobs'],
    ['*', 'jobs'],
    ['*', ''],
    ['yes.*', 'yes.'],
    ['yes.*', 'yes.1'],
    ['*.yes', 'a.b.yes'],
    ['a*b*c', 'a-b-b-c'],
    ['a**c', 'abc'],
    ['job?', 'jobs'],
    ['job[st]', 'jobt'],
    ['job[a-z]', 'jobs'],
    ['job[!0-9]', 'jobs'],
    ['job[a-c-]', 'job-'],
    ['[]]x', ']x'],
    ['[a', '[a'],
    ['*[0-9]', 'jobs.7'],
  ])('%s matches %s', (pattern, name) => {
    expect(new ChannelGlob(pattern).matches(name)).toBe(true);
  });

  it.each([
    ['jobs', 'job'],
    ['jobs', 'jobs2'],
    ['jobs', 'Jobs'],
    ['yes.*', 'yes'],
    ['job?', 'job'],
    ['job[st]', 'joba'],
    ['job[a-z]', 'jobS'],
    ['job[!0-9]', 'job7'],
    ['a*b*c', 'a-c-b'],
    ['.', 'x'],
    ['(a+)+', 'aaaa'],
    ['', 'x'],
  ])('%s does not match %s', (pattern, name) => {
    expect(new ChannelGlob(pattern).matches(name)).toBe(false);
  });

  it('looks at each character once per token at most, whatever the pattern', () => {
    let looks = 0;
    const name = new Proxy(
      { length: 90 },
      { get: (target, key) => (key === 'length' ? target.length : (looks++, 'a')) },
    ) as unknown as string;
    expect(new ChannelGlob(`${'a*'.repeat(30)}b`).matches(name)).toBe(false);
    expect(looks).toBeLessThan(90 * 61);
  });
});
