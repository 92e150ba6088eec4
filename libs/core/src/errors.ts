import { inspect } from 'node:util';

/** Codes of the errors this package throws, listed with remedies in `docs/errors.md`. */
export type CoreErrorCode =
  | 'CHANNELS_CHANNEL_FULL'
  | 'CHANNELS_CLOSE_INVALID'
  | 'CHANNELS_CONTENT_INVALID'
  | 'CHANNELS_GROUPS_EXCEEDED'
  | 'CHANNELS_JSON_INVALID'
  | 'CHANNELS_LAYER_UNAVAILABLE'
  | 'CHANNELS_MESSAGE_MALFORMED'
  | 'CHANNELS_MESSAGE_TOO_LARGE'
  | 'CHANNELS_NAME_INVALID'
  | 'CHANNELS_PATTERN_INVALID'
  | 'CHANNELS_REPLY_MISSING';

/**
 * Is the error every other error of nest-channels extends.
 *
 * `code` is stable and never reused; `message` says what was expected, what came and what to do.
 */
export class ChannelsError<Code extends string = string> extends Error {
  constructor(
    readonly code: Code,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Is thrown by a send to a channel that already holds as many messages as it may. */
export class ChannelFull extends ChannelsError<CoreErrorCode> {
  constructor(
    readonly channel: string,
    readonly capacity: number,
  ) {
    super(
      'CHANNELS_CHANNEL_FULL',
      `Channel "${channel}" is full: it holds ${capacity} unread messages. ` +
        'Add workers that read it, send less, or raise its capacity.',
    );
  }
}

/** Is thrown by a send of content that is longer than its layer carries. */
export class MessageTooLarge extends ChannelsError<CoreErrorCode> {
  constructor(
    readonly bytes: number,
    readonly maxMessageBytes: number,
  ) {
    super(
      'CHANNELS_MESSAGE_TOO_LARGE',
      `A message of ${bytes} bytes is longer than the ${maxMessageBytes} that its layer carries. ` +
        'Send a reference to what is large, or raise maxMessageBytes.',
    );
  }
}

/** Is thrown when a channel behind a mailbox is to join more groups than it may be in. */
export class TooManyGroups extends ChannelsError<CoreErrorCode> {
  constructor(
    readonly channel: string,
    readonly limit: number,
  ) {
    super(
      'CHANNELS_GROUPS_EXCEEDED',
      `Channel "${channel}" is in ${limit} groups and cannot join another. ` +
        'Discard it from some, or raise maxGroupsPerChannel of the layer.',
    );
  }
}

/** Is thrown when bytes that came from a back end are not a message. */
export class MalformedMessage extends ChannelsError<CoreErrorCode> {
  constructor(problem: string) {
    super('CHANNELS_MESSAGE_MALFORMED', `Cannot read a message: ${problem}.`);
  }
}

/** Is thrown when what a client sent is not JSON, or more or other JSON than is safe to decode. */
export class MalformedJson extends ChannelsError<CoreErrorCode> {
  constructor(
    problem: string,
    /** Counts the characters before the problem; undefined where it lies in the whole. */
    readonly position?: number,
  ) {
    const where = position === undefined ? '' : ` at position ${position}`;
    super('CHANNELS_JSON_INVALID', `Cannot read JSON: ${problem}${where}.`);
  }
}

/** Says whether a layer did what it was asked before it failed: `no` may be repeated. */
export type Executed = 'no' | 'unknown';

/** Is thrown by a layer that cannot be used, because it is closed or out of reach. */
export class LayerUnavailable extends ChannelsError<CoreErrorCode> {
  /** Is `no` only where nothing was done: then it may be asked again. */
  readonly executed: Executed;

  /** @param options tell the cause, and what was done if that is known; `unknown` is the default */
  constructor(message: string, options: ErrorOptions & { readonly executed?: Executed } = {}) {
    const { executed = 'unknown', ...cause } = options;
    super('CHANNELS_LAYER_UNAVAILABLE', message, cause);
    this.executed = executed;
  }
}

/** Is thrown when a channel, group or pattern name breaks the name rules. */
export class InvalidName extends ChannelsError<CoreErrorCode> {
  constructor(
    /** What was to be named, such as "channel" or "group". */
    readonly subject: string,
    /** The name that was refused. */
    readonly given: unknown,
    expected: string,
  ) {
    super(
      'CHANNELS_NAME_INVALID',
      `Invalid ${subject} name ${display(given)}: expected ${expected}.`,
    );
  }
}

/** Is thrown when content holds something that cannot travel in a message. */
export class InvalidContent extends ChannelsError<CoreErrorCode> {
  constructor(
    /** Where in the content it stood, such as `content.items[2].when`. */
    readonly path: string,
    problem: string,
  ) {
    super('CHANNELS_CONTENT_INVALID', `Cannot send ${path}: ${problem}.`);
  }
}

/** Is thrown when a route filter is not a usable pattern. */
export class InvalidPattern extends ChannelsError<CoreErrorCode> {
  constructor(key: string, pattern: unknown, problem: string, options?: ErrorOptions) {
    super(
      'CHANNELS_PATTERN_INVALID',
      `Invalid pattern ${display(pattern)} for "${key}": ${problem}.`,
      options,
    );
  }
}

/** Is thrown when a close code or reason cannot be put into a close frame. */
export class InvalidClose extends ChannelsError<CoreErrorCode> {
  constructor(problem: string) {
    super('CHANNELS_CLOSE_INVALID', `Cannot close a connection: ${problem}.`);
  }
}

/** Is thrown when a message that came without a reply channel is answered. */
export class ReplyMissing extends ChannelsError<CoreErrorCode> {
  constructor(channel: string) {
    super(
      'CHANNELS_REPLY_MISSING',
      `The message on "${channel}" has no reply channel, so there is nobody to answer. ` +
        'Messages of a connection have one; to answer background work, send a channel name along.',
    );
  }
}

/** Returns what an error says, with its code, whatever it was that was thrown. */
export function reasonOf(error: unknown): string {
  if (error instanceof ChannelsError) return `${error.message} [${error.code}]`;
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : inspect(error, { depth: 0 });
}

function display(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 0 });
}
