import { beforeEach, describe, expect, it } from '@jest/globals';
import { Message } from '@nest-channels/core';
import {
  type ConsumerFlag,
  ConsumerFlags,
  type FlagProvider,
  flagsOf,
} from '../../src/consumers/consumer-flags.js';

const message = new Message({ channel: 'jobs', content: {} });

let flags: ConsumerFlags;
let calls: string[];

const provider = (name: string, state?: object): FlagProvider => ({
  around: async (_message, next) => {
    calls.push(`${name} begins`);
    try {
      return await next();
    } finally {
      calls.push(`${name} ends`);
    }
  },
  ...(state && { stateOf: () => state }),
});

beforeEach(() => {
  flags = new ConsumerFlags();
  calls = [];
});

describe('flagsOf', () => {
  it.each<[object, ConsumerFlag[]]>([
    [{}, []],
    [{ channelSession: false, httpUser: false }, []],
    [{ channelSession: true }, ['channelSession']],
    [{ channelSession: true, channelSessionUser: true }, ['channelSessionUser']],
    [{ httpUser: true }, ['httpUser', 'channelSessionUser']],
    [{ httpUser: true, channelSession: true }, ['httpUser', 'channelSessionUser']],
    [
      { httpUser: true, httpUserAndSession: true, channelSessionUser: true },
      ['httpUserAndSession', 'channelSessionUser'],
    ],
  ])('of %p are %p', (consumer, expected) => {
    expect(flagsOf(consumer)).toEqual(expected);
  });
});

describe('ConsumerFlags', () => {
  it('runs providers around a message, outermost first', async () => {
    flags.provide('httpUser', provider('user'));
    flags.provide('channelSession', provider('session'));
    const around = ['httpUser', 'channelSession'] as const;
    await expect(flags.around(around, message, async () => calls.length)).resolves.toBe(2);
    expect(calls).toEqual(['user begins', 'session begins', 'session ends', 'user ends']);
  });

  it('tells which flags nobody provides', () => {
    flags.provide('channelSession', provider('session'));
    const problem = expect.stringMatching(/^httpUser is set and nobody provides it/);
    expect(flags.problems(['httpUser', 'channelSession'])).toEqual([problem]);
  });

  it('goes on where nobody provides a flag', async () => {
    await expect(flags.around(['httpUser'], message, async () => 'done')).resolves.toBe('done');
  });

  it('gives the state of the first provider that keeps one', () => {
    const state = {};
    flags.provide('httpUser', provider('user'));
    flags.provide('channelSession', provider('session', state));
    expect(flags.stateOf(['httpUser', 'channelSession'], message)).toBe(state);
    expect(flags.stateOf(['httpUser'], message)).toBeUndefined();
  });
});
