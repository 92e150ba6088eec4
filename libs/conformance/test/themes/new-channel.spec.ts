import { describe, it } from '@jest/globals';
import { type Broken, expectCaught } from '../support/expect-caught.js';

describe('newChannel', () => {
  it.each<Broken>([
    [
      'gives the same name again',
      () => ({ newChannel: async (pattern) => `${pattern}1` }),
      'gives another name each time, also through another handle',
    ],
    [
      'takes any pattern',
      () => ({ newChannel: async (pattern) => `${pattern}${Math.random()}` }),
      'refuses a pattern that is none, or leaves no room to complete it',
    ],
    [
      'makes names of 100 characters',
      ({ layer }) => ({
        newChannel: async (pattern) => (await layer.newChannel(pattern)).padEnd(100, 'x'),
      }),
      'completes a pattern to a valid single-reader name',
      'completes the longest pattern to less than 100 characters',
    ],
    [
      'makes process-specific names',
      ({ layer }) => ({
        newChannel: async (pattern) => (await layer.newChannel(pattern)).replace('?', '!'),
      }),
      'completes a pattern to a valid single-reader name',
      'gives a name that messages can be sent to and received from',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('newChannel', broken));
});
