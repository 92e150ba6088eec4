import { describe, expect, it } from '@jest/globals';
import { Keys } from '../src/keys.js';

describe('keys', () => {
  const keys = new Keys('app');

  it('share a hash tag, so that a cluster keeps them together', () => {
    const all = [keys.queue('jobs'), keys.mailbox('a!'), keys.process('1'), keys.handed('1')];
    for (const key of all) expect(key.startsWith('{app}:')).toBe(true);
    expect(new Set(all).size).toBe(all.length);
  });

  it('are matched by a pattern that takes no character of the prefix for a wildcard', () => {
    expect(new Keys('a*[b]?\\').pattern).toBe('{a\\*\\[b\\]\\?\\\\}:*');
  });
});
