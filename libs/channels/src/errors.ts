import { ChannelsError } from '@nest-channels/core';

/** Codes of the errors this package throws, listed with remedies in `docs/errors.md`. */
export type NestChannelsErrorCode =
  | 'CHANNELS_COMMAND_LINE_INVALID'
  | 'CHANNELS_CONFIG_INVALID'
  | 'CHANNELS_CONSUMER_IDLE'
  | 'CHANNELS_CONTEXT_FOREIGN'
  | 'CHANNELS_CONTROL_FLOW_MISPLACED'
  | 'CHANNELS_ENVELOPE_INVALID'
  | 'CHANNELS_HANDSHAKE_INVALID'
  | 'CHANNELS_LAYER_LOCAL'
  | 'CHANNELS_LAYER_UNKNOWN'
  | 'CHANNELS_REPLY_INVALID'
  | 'CHANNELS_STATE_MISSING'
  | 'CHANNELS_STREAM_MISSING'
  | 'CHANNELS_STREAM_UNKNOWN'
  | 'CHANNELS_TASK_TIMEOUT';

/** Is thrown when flags or environment variables of a process cannot be understood. */
export class CommandLineInvalid extends ChannelsError<NestChannelsErrorCode> {
  constructor(problem: string) {
    super('CHANNELS_COMMAND_LINE_INVALID', problem);
    hideStack(this);
  }
}

/** Is thrown at boot, once, with everything that is wrong in the configuration. */
export class InvalidConfiguration extends ChannelsError<NestChannelsErrorCode> {
  constructor(readonly problems: readonly string[]) {
    const list = problems.map((problem) => `\n  - ${problem}`).join('');
    const things = problems.length === 1 ? '1 mistake' : `${problems.length} mistakes`;
    super('CHANNELS_CONFIG_INVALID', `The channels configuration has ${things}:${list}`);
    hideStack(this);
  }
}

/** Is thrown when the context of another transport is read as that of a message. */
export class ForeignContext extends ChannelsError<NestChannelsErrorCode> {
  constructor(type: string) {
    super(
      'CHANNELS_CONTEXT_FOREIGN',
      `The context is of type "${type}" and not of a message: ` +
        "look at getType() === 'channels' before ChannelsExecutionContext.create().",
    );
  }
}

/** Is thrown when a layer is asked for by an alias that the module was not given. */
export class UnknownLayer extends ChannelsError<NestChannelsErrorCode> {
  constructor(alias: string, known: readonly string[]) {
    super(
      'CHANNELS_LAYER_UNKNOWN',
      `There is no layer "${alias}": ChannelsModule has ${known.map((name) => `"${name}"`).join(', ')}.`,
    );
  }
}

/** Is thrown when a process of its own is started on a layer that ends at the process. */
export class LocalLayer extends ChannelsError<NestChannelsErrorCode> {
  constructor(role: string, layer: string) {
    super(
      'CHANNELS_LAYER_LOCAL',
      `A ${role} process cannot run on the "${layer}" layer: it carries messages within one process ` +
        'only, so no other process would ever answer. Run the application in one process ' +
        '(NestFactory.create and app.listen), or give ChannelsModule a layer that several processes share.',
    );
    hideStack(this);
  }
}

/** Is thrown when a connection's reply channel gets something that is not a reply. */
export class InvalidReply extends ChannelsError<NestChannelsErrorCode> {
  constructor(problem: string) {
    super('CHANNELS_REPLY_INVALID', problem);
  }
}

/** Is thrown when a request cannot become a WebSocket; `status` is what its client gets. */
export class InvalidHandshake extends ChannelsError<NestChannelsErrorCode> {
  constructor(
    readonly status: number,
    problem: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super('CHANNELS_HANDSHAKE_INVALID', problem);
  }
}

/** Is what becomes of control flow that was thrown where it means nothing. */
export class MisplacedControlFlow extends ChannelsError<NestChannelsErrorCode> {
  constructor(controlFlow: string, channel: string, expected: string) {
    super(
      'CHANNELS_CONTROL_FLOW_MISPLACED',
      `${controlFlow} was thrown on "${channel}", where it means nothing: expected ${expected}.`,
    );
  }
}

/** Is the failure of a handler that ran for too long, and of everything it sends afterwards. */
export class TaskTimeoutExceeded extends ChannelsError<NestChannelsErrorCode> {
  constructor(
    /** Names class and method of the handler. */
    readonly handler: string,
    readonly timeoutMs: number,
  ) {
    super(
      'CHANNELS_TASK_TIMEOUT',
      `${handler} still ran after ${timeoutMs} ms: the next message had its turn, and what the ` +
        'handler sends now is refused. Make it faster, hand long work to a background channel, ' +
        'or give it more time with @TaskTimeout().',
    );
  }
}

/** Is a frame that a demultiplexer refuses; its message goes to the client, and quotes nothing. */
export abstract class RefusedFrame extends ChannelsError<NestChannelsErrorCode> {
  constructor(
    code: NestChannelsErrorCode,
    message: string,
    /** Is the stream that the client named, if it did. */
    readonly stream?: string,
  ) {
    super(code, message);
  }
}

/** Is thrown when a frame for a demultiplexer is no envelope, or its payload is none for its stream. */
export class InvalidEnvelope extends RefusedFrame {
  constructor(problem: string, stream?: string) {
    super(
      'CHANNELS_ENVELOPE_INVALID',
      `Expected {"stream": text, "payload": any}: ${problem}.`,
      stream,
    );
  }
}

/** Is thrown when a frame is for a stream that its demultiplexer does not have. */
export class UnknownStream extends RefusedFrame {
  constructor(stream: string) {
    super('CHANNELS_STREAM_UNKNOWN', 'There is no such stream.', stream);
  }
}

/** Is thrown when a demultiplexer is to send something that belongs to none of its streams. */
export class StreamMissing extends ChannelsError<NestChannelsErrorCode> {
  constructor(demultiplexer: string) {
    super(
      'CHANNELS_STREAM_MISSING',
      `${demultiplexer} is a demultiplexer: it sends through its streams only. ` +
        "Write this.stream('name').send(payload), or .groupSend(group, payload).",
    );
  }
}

/** Is thrown when a class-based consumer is asked for its message while it handles none. */
export class ConsumerIdle extends ChannelsError<NestChannelsErrorCode> {
  constructor(consumer: string) {
    super(
      'CHANNELS_CONSUMER_IDLE',
      `${consumer} handles no message here. In life 'message' the injected instance never does, ` +
        'only the view of it that each message gets: make a method of what is an arrow function ' +
        'among its fields, and do not keep `this` for later.',
    );
  }
}

/** Is thrown when a consumer of life `message` uses a state that nobody keeps for it. */
export class StateMissing extends ChannelsError<NestChannelsErrorCode> {
  constructor(consumer: string) {
    super(
      'CHANNELS_STATE_MISSING',
      `${consumer} uses its state, and nobody keeps it between messages: set its flag ` +
        "channelSession, with a sessions module imported, or give it life 'connection'.",
    );
  }
}

/** A mistake in the configuration is read by its message; where in Nest it surfaced says nothing. */
function hideStack(error: ChannelsError): void {
  error.stack = `${error.name} [${error.code}]: ${error.message}`;
}
