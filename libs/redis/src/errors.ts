import { ChannelsError, type Executed, LayerUnavailable } from '@nest-channels/core';

/** Codes of the errors this package throws, listed with remedies in `docs/errors.md`. */
export type RedisErrorCode =
  | 'CHANNELS_REDIS_LAYOUT_FOREIGN'
  | 'CHANNELS_REDIS_OPTIONS_INVALID'
  | 'CHANNELS_REDIS_REFUSED'
  | 'CHANNELS_REDIS_TOO_OLD'
  | 'CHANNELS_REDIS_UNTRUSTED';

/** Is thrown when a layer cannot be made of the options it was given. */
export class RedisOptionsInvalid extends ChannelsError<RedisErrorCode> {
  constructor(problem: string) {
    super('CHANNELS_REDIS_OPTIONS_INVALID', `Cannot make a Redis layer: ${problem}.`);
  }
}

/** Is thrown when others share the prefix who arranged what they keep there in another way. */
export class ForeignLayout extends ChannelsError<RedisErrorCode> {
  constructor(difference: string) {
    super(
      'CHANNELS_REDIS_LAYOUT_FOREIGN',
      `Others use this prefix in another way: ${difference}. ` +
        'Give all processes the same options, or this layer a prefix of its own.',
    );
  }
}

/** Is thrown when the certificate of the server is none that is trusted. */
export class RedisUntrusted extends ChannelsError<RedisErrorCode> {
  constructor(reason: string, options?: ErrorOptions) {
    super(
      'CHANNELS_REDIS_UNTRUSTED',
      `The certificate of Redis is not trusted: ${reason}. Give what it is signed by as "tls.ca".`,
      options,
    );
  }
}

/** Is thrown when Redis does not let the layer in: user, password or database are wrong. */
export class RedisRefused extends ChannelsError<RedisErrorCode> {
  constructor(reply: string, options?: ErrorOptions) {
    super(
      'CHANNELS_REDIS_REFUSED',
      `Redis refused the connection: ${reply}. Check user, password and database of the URL.`,
      options,
    );
  }
}

/** Is thrown when the server lacks commands that the layer needs. */
export class RedisTooOld extends ChannelsError<RedisErrorCode> {
  constructor(version: string) {
    super(
      'CHANNELS_REDIS_TOO_OLD',
      `The server is Redis ${version}: the layer needs Redis 7.0 or newer, or Valkey.`,
    );
  }
}

/** Is thrown when Redis could not be asked, or did not answer in time. */
export class RedisUnavailable extends LayerUnavailable {
  /** @param executed is `unknown` where the request was on its way: then it must not simply be repeated */
  constructor(problem: string, executed: Executed, options?: ErrorOptions) {
    const outcome = executed === 'no' ? 'nothing was done' : 'it may or may not have been done';
    super(`The Redis layer is unavailable: ${problem}; ${outcome}.`, { ...options, executed });
  }
}
