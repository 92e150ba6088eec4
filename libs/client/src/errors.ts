/** Codes of the errors this package throws, listed with remedies in `docs/errors.md`. */
export type ClientErrorCode =
  | 'CHANNELS_CLIENT_CLOSE_INVALID'
  | 'CHANNELS_CLIENT_CONFIG_INVALID'
  | 'CHANNELS_CLIENT_DISCONNECTED'
  | 'CHANNELS_CLIENT_ENDED'
  | 'CHANNELS_CLIENT_FEED_FULL'
  | 'CHANNELS_CLIENT_FRAME_INVALID'
  | 'CHANNELS_CLIENT_HANDLER_FAILED'
  | 'CHANNELS_CLIENT_MESSAGE_INVALID'
  | 'CHANNELS_CLIENT_MESSAGE_TOO_LARGE'
  | 'CHANNELS_CLIENT_QUEUE_FULL'
  | 'CHANNELS_CLIENT_SERVER_ERROR';

/**
 * Is the error every other error of the client extends.
 *
 * `code` is stable and never reused. The classes keep their names only in builds that do not
 * shorten them, so compare the code, or use `instanceof`.
 */
export class ChannelsClientError extends Error {
  override readonly name = 'ChannelsClientError';

  constructor(
    readonly code: ClientErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Is thrown by `close()` for a code or reason that no close frame of a page can carry. */
export class CloseInvalid extends ChannelsClientError {
  constructor(problem: string) {
    super('CHANNELS_CLIENT_CLOSE_INVALID', `Cannot close the connection: ${problem}.`);
  }
}

/** Is thrown by `connect()` when a URL or an option cannot work. */
export class ClientConfigInvalid extends ChannelsClientError {
  constructor(problem: string, options?: ErrorOptions) {
    super('CHANNELS_CLIENT_CONFIG_INVALID', `Cannot connect: ${problem}.`, options);
  }
}

/** Is thrown by a send while there is no connection, where the policy is `throw`. */
export class Disconnected extends ChannelsClientError {
  constructor() {
    super('CHANNELS_CLIENT_DISCONNECTED', 'There is no connection: the message was not sent.');
  }
}

/** Is thrown by whatever needs a connection that is over and does not come back. */
export class ConnectionEnded extends ChannelsClientError {
  constructor(
    /** Is the close code, 1000 for one that was closed here. */
    readonly closeCode: number,
    readonly reason: string,
  ) {
    const why = reason && `: ${reason}`;
    super(
      'CHANNELS_CLIENT_ENDED',
      `The connection ended with ${closeCode}${why}. It does not come back by itself; call connect().`,
    );
  }
}

/** Is thrown by an iteration whose reader fell too far behind. */
export class FeedFull extends ChannelsClientError {
  constructor(limit: number) {
    super('CHANNELS_CLIENT_FEED_FULL', `Over ${limit} messages waited for their reader.`);
  }
}

/** Is what a frame of the server is answered with that cannot be read. */
export class FrameInvalid extends ChannelsClientError {
  constructor(problem: string, options?: ErrorOptions) {
    super('CHANNELS_CLIENT_FRAME_INVALID', `Cannot read a frame: ${problem}.`, options);
  }
}

/** Is what became of a function of the application that threw, as `cause`. */
export class HandlerFailed extends ChannelsClientError {
  constructor(
    /** Is what it was for, such as "listen" or the name of a stream. */
    readonly subject: string,
    cause: unknown,
  ) {
    super('CHANNELS_CLIENT_HANDLER_FAILED', `The handler of "${subject}" failed.`, { cause });
  }
}

/** Is thrown by a send of something that JSON cannot express. */
export class MessageInvalid extends ChannelsClientError {
  constructor(cause?: unknown) {
    super('CHANNELS_CLIENT_MESSAGE_INVALID', 'The message cannot be written as JSON.', { cause });
  }
}

/** Is thrown by a send of more than the server takes. */
export class MessageTooLarge extends ChannelsClientError {
  constructor(
    readonly bytes: number,
    readonly maxMessageBytes: number,
  ) {
    super(
      'CHANNELS_CLIENT_MESSAGE_TOO_LARGE',
      `A message of ${bytes} bytes is longer than maxMessageBytes, ${maxMessageBytes}.`,
    );
  }
}

/** Is thrown by a send while the queue of what waits for a connection is full. */
export class QueueFull extends ChannelsClientError {
  constructor(messages: number) {
    super('CHANNELS_CLIENT_QUEUE_FULL', `${messages} messages wait for a connection already.`);
  }
}

/** Is what the server says went wrong, in a frame `{ stream?, error }`. */
export class ServerError extends ChannelsClientError {
  constructor(
    /** Is what stood under `error`. */
    readonly detail: unknown,
    /** Is the stream it concerns; undefined for the whole connection. */
    readonly stream: string | undefined,
  ) {
    const text = textOf(detail).replace(/\.$/, '');
    super('CHANNELS_CLIENT_SERVER_ERROR', `The server reports: ${text}.`);
  }
}

function textOf(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  const { message, code } = (detail ?? {}) as { message?: unknown; code?: unknown };
  if (typeof message === 'string') return message;
  return typeof code === 'string' ? code : 'an error';
}
