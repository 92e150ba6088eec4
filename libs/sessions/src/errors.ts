import { ChannelsError } from '@nest-channels/core';

/** Codes of the errors this package throws, listed with remedies in `docs/errors.md`. */
export type SessionsErrorCode =
  | 'CHANNELS_SESSION_LOCKED'
  | 'CHANNELS_SESSION_STORE_FAILED'
  | 'CHANNELS_SESSION_UNOPENED'
  | 'CHANNELS_SESSION_USER_FAILED';

/** Is thrown when the store of sessions failed, was silent for too long, or gave nonsense. */
export class SessionStoreFailed extends ChannelsError<SessionsErrorCode> {
  constructor(problem: string, options?: ErrorOptions) {
    super(
      'CHANNELS_SESSION_STORE_FAILED',
      `The session store cannot be used: ${problem}. Without it nobody is let in as anybody.`,
      options,
    );
  }
}

/** Is thrown when the user behind a session could not be looked up. */
export class UserLookupFailed extends ChannelsError<SessionsErrorCode> {
  constructor(problem: string, options?: ErrorOptions) {
    super(
      'CHANNELS_SESSION_USER_FAILED',
      `passport could not deserialize the user of a session: ${problem}.`,
      options,
    );
  }
}

/** Is thrown when a session is asked for around a handler that has none. */
export class SessionUnopened extends ChannelsError<SessionsErrorCode> {
  constructor(what: string, decorator: string) {
    super(
      'CHANNELS_SESSION_UNOPENED',
      `There is no ${what} around this handler: add ${decorator}, to the method or its class, ` +
        'below the guards that need it.',
    );
  }
}

/** Is thrown when others hold the lock of a session for too long. */
export class SessionLocked extends ChannelsError<SessionsErrorCode> {
  constructor(waitedMs: number) {
    super(
      'CHANNELS_SESSION_LOCKED',
      `A session could not be saved: its lock was not free within ${waitedMs} ms.`,
    );
  }
}
