import { describe, expect, it } from '@jest/globals';
import { ChannelsError } from '@nest-channels/core';
import { ContradictingDeclaration } from '../src/index.js';

describe('ContradictingDeclaration', () => {
  it('says what does not agree', () => {
    const error = new ContradictingDeclaration('it has no method');
    expect(error).toBeInstanceOf(ChannelsError);
    expect(error.code).toBe('CHANNELS_CONFORMANCE_CONTRADICTION');
    expect(error.message).toBe('The layer and its declaration do not agree: it has no method.');
  });
});
