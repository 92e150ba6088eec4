import { describe, expect, it } from '@jest/globals';
import { ChannelsError } from '@nest-channels/core';
import {
  CommandLineInvalid,
  ForeignContext,
  InvalidConfiguration,
  InvalidHandshake,
  InvalidReply,
  LocalLayer,
  UnknownLayer,
} from '../src/errors.js';

describe('errors', () => {
  it.each([
    [new CommandLineInvalid('bad'), 'CHANNELS_COMMAND_LINE_INVALID'],
    [new ForeignContext('http'), 'CHANNELS_CONTEXT_FOREIGN'],
    [new InvalidConfiguration(['one', 'two']), 'CHANNELS_CONFIG_INVALID'],
    [new InvalidHandshake(400, 'bad'), 'CHANNELS_HANDSHAKE_INVALID'],
    [new InvalidReply('bad'), 'CHANNELS_REPLY_INVALID'],
    [new LocalLayer('worker', 'memory'), 'CHANNELS_LAYER_LOCAL'],
    [new UnknownLayer('bulk', ['default']), 'CHANNELS_LAYER_UNKNOWN'],
  ])('%s has the code %s', (error, code) => {
    expect(error).toBeInstanceOf(ChannelsError);
    expect(error.code).toBe(code);
    expect(error.name).toBe(error.constructor.name);
  });

  it('of the configuration list what is wrong, a line each, and no stack', () => {
    const error = new InvalidConfiguration(['one', 'two']);
    expect(error.message).toBe('The channels configuration has 2 mistakes:\n  - one\n  - two');
    expect(error.stack).toBe(`InvalidConfiguration [CHANNELS_CONFIG_INVALID]: ${error.message}`);
  });
});
