import { ChannelsError } from '@nest-channels/core';

/** Codes of the errors this package throws, listed with remedies in `docs/errors.md`. */
export type ConformanceErrorCode = 'CHANNELS_CONFORMANCE_CONTRADICTION';

/** Is thrown when a layer, and what the suite was told of it, do not agree. */
export class ContradictingDeclaration extends ChannelsError<ConformanceErrorCode> {
  constructor(problem: string) {
    super(
      'CHANNELS_CONFORMANCE_CONTRADICTION',
      `The layer and its declaration do not agree: ${problem}.`,
    );
  }
}
