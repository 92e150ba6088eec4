import {
  assertClose,
  type Captures,
  encodeJson,
  type Group,
  InvalidContent,
  type Message,
  type WebSocketReply,
} from '@nest-channels/core';
import { Consumer } from '../consumer.decorator.js';
import { BaseConsumer, contextOf, type HandlerMethod } from './base-consumer.js';
import { CALL, CONTEXT, FRAME, FRAMED, PAYLOAD } from './consumer-context.js';
import type { WebsocketMultiplexer } from './websocket-multiplexer.js';

/** Are the groups of a connection: their names, or what computes them from its path. */
export type GroupNames = readonly string[] | ((params: Captures) => readonly string[]);

/** Says how a send ends: `true` closes with 1000, a number with that code. */
export interface FrameOptions {
  readonly close?: true | number;
}

/**
 * Handles the connections of a path: `connect`, `receive` and `disconnect` are made to be overridden.
 *
 * It needs `@Consumers({ path })` or `asRoute()`, or a demultiplexer that it is a stream of.
 * A connection is in its `groups` from before `connect` runs, after all guards, until it ends.
 */
export abstract class WebsocketConsumer<
  State extends object = Record<string, unknown>,
> extends BaseConsumer<State> {
  /** Asks for the user of the HTTP session; a sessions module provides it. */
  readonly httpUser: boolean = false;
  /** Asks for the HTTP session too; stands above `httpUser`. */
  readonly httpUserAndSession: boolean = false;
  /**
   * Asks for the messages of a connection in strict order over all workers.
   *
   * A request-scoped consumer needs `@EnforceOrdering()` instead: its fields are not known at boot.
   */
  readonly strictOrdering: boolean = false;
  /** Are the groups that its connections are in; none if absent. */
  readonly groups: GroupNames = [];

  /** Decides a connection; accepts it unless overridden. Gets the message. */
  @Consumer('websocket.connect')
  connect(..._args: never[]): unknown {
    return this.accept();
  }

  /**
   * Handles a frame; what it returns is sent to the client.
   *
   * Gets text and bytes, of which one is given, unless its parameters are decorated.
   */
  @Consumer('websocket.receive')
  receive(..._args: never[]): unknown {
    return undefined;
  }

  /** Handles the end of a connection. Gets its close code. */
  @Consumer('websocket.disconnect')
  disconnect(..._args: never[]): unknown {
    return undefined;
  }

  /** Is the path that the client asked for. */
  protected get path(): string {
    return String(this.message.content['path']);
  }

  /** Accepts the connection. */
  protected accept(options?: Pick<WebSocketReply, 'subprotocol' | 'headers'>): Promise<void> {
    return this.message.accept(options);
  }

  /** Sends a frame to the client, text or bytes. */
  protected send(data: string | Uint8Array, options: FrameOptions = {}): Promise<void> {
    return this.replyChannel.send(frameOf(data, options));
  }

  /** Sends a frame to all members of a group. */
  protected groupSend(
    name: string,
    data: string | Uint8Array,
    options: FrameOptions = {},
  ): Promise<void> {
    const { multiplexer } = contextOf(this);
    if (multiplexer) return multiplexer.groupSend(name, this[PAYLOAD](data), options);
    return this.group(name).send(frameOf(data, options));
  }

  /** Is how it speaks as a stream of a demultiplexer; undefined if it is none. */
  protected get multiplexer(): WebsocketMultiplexer | undefined {
    return contextOf(this).multiplexer;
  }

  /**
   * Closes the connection; a pending one is refused with 403.
   *
   * @throws InvalidClose `CHANNELS_CLOSE_INVALID`
   */
  protected close(code = 1000, reason = ''): Promise<void> {
    return this.message.close(code, reason);
  }

  /** Joins and leaves the groups around `connect` and `disconnect`. */
  override [CALL](method: HandlerMethod, message: Message, args?: readonly unknown[]): unknown {
    const call = (own: readonly unknown[]): unknown => super[CALL](method, message, args ?? own);
    switch (message.channel) {
      case 'websocket.connect':
        return joining(this, () => call([message]));
      case 'websocket.receive':
        return args ? call(args) : call(this[FRAME](message));
      case 'websocket.disconnect':
        return leaving(this, () => call([message.content['code']]));
      default:
        return super[CALL](method, message, args);
    }
  }

  /**
   * Tells what a frame says, as the payload of a stream.
   *
   * @throws InvalidContent `CHANNELS_CONTENT_INVALID` for bytes
   */
  [PAYLOAD](data: string | Uint8Array): unknown {
    if (typeof data === 'string') return data;
    throw new InvalidContent('the reply', 'a stream carries JSON, no bytes');
  }

  /** Returns the frame that says what the payload of a stream does. */
  [FRAMED](payload: unknown): string {
    return typeof payload === 'string' ? payload : encodeJson(payload);
  }

  /** Reads the arguments of `receive` from its message. */
  [FRAME]({ content }: Message): readonly unknown[] {
    return [content['text'] ?? undefined, content['bytes'] ?? undefined];
  }
}

/** Returns the names of the groups that a connection is in. */
function groupsOf(consumer: WebsocketConsumer<object>): readonly string[] {
  const { groups } = consumer;
  if (typeof groups !== 'function') return groups;
  const { shared, params } = contextOf(consumer);
  if (!shared) return groups(params);
  // An arrow function among the fields has the injected consumer for its `this`.
  shared[CONTEXT] = consumer[CONTEXT];
  try {
    return groups(params);
  } finally {
    shared[CONTEXT] = undefined;
  }
}

async function joining(
  consumer: WebsocketConsumer<object>,
  connect: () => unknown,
): Promise<unknown> {
  const { message } = contextOf(consumer);
  for (const name of groupsOf(consumer)) await groupOf(consumer, name).add(message.replyChannel);
  return connect();
}

async function leaving(
  consumer: WebsocketConsumer<object>,
  disconnect: () => unknown,
): Promise<unknown> {
  const { message } = contextOf(consumer);
  for (const name of groupsOf(consumer)) {
    await groupOf(consumer, name).discard(message.replyChannel);
  }
  return disconnect();
}

function groupOf(consumer: WebsocketConsumer<object>, name: string): Group {
  return contextOf(consumer).group(name);
}

function frameOf(data: string | Uint8Array, { close }: FrameOptions): WebSocketReply {
  if (typeof close === 'number') assertClose(close);
  const frame = typeof data === 'string' ? { text: data } : { bytes: data };
  return close === undefined ? frame : { ...frame, close };
}
