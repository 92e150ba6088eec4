import { type Content, MalformedJson, Message } from '@nest-channels/core';

import { Logger, type Type } from '@nestjs/common';
import { isDecision } from '../answers.js';
import { InvalidEnvelope, RefusedFrame, StreamMissing, UnknownStream } from '../errors.js';
import { contextOf, type HandlerMethod } from './base-consumer.js';
import { CALL, FRAME, FRAMED, REFUSE } from './consumer-context.js';
import { errorFrame, readEnvelope } from './envelope.js';
import { JsonWebsocketConsumer } from './json-websocket-consumer.js';
import type { Hold, StreamCall, StreamConsumer } from './streams.js';
import type { WebsocketConsumer } from './websocket-consumer.js';
import { WebsocketMultiplexer } from './websocket-multiplexer.js';

/** Maps the names of streams to the classes of their consumers, which are providers too. */
export type StreamClasses = Readonly<Record<string, Type<WebsocketConsumer<object>>>>;

/** Close code of a stream whose connection was never opened (RFC 6455 §7.1.5). */
const ABNORMAL = 1006;

/**
 * Leads the frames of one connection to several consumers, by the stream they name.
 *
 * A frame is an envelope, `{ "stream": name, "payload": any }`, in both directions. The consumers are
 * those of {@link consumers}, as they are: each gets the payload as its frame, and what it sends is
 * put into an envelope. Guards and all else around them run as when they stand alone. Every one of
 * them connects and disconnects with the connection, in order; one that denies or fails denies it.
 * The handshake is accepted once, by `connect`, when all have connected.
 *
 * A frame that is no envelope, or for no stream, is answered with an error frame,
 * `{ "stream"?: name, "error": { "code", "message" } }`, unless a filter answers it.
 */
export abstract class WebsocketDemultiplexer<
  State extends object = Record<string, unknown>,
> extends JsonWebsocketConsumer<State> {
  /** Maps the names of streams to the classes of their consumers. */
  abstract readonly consumers: StreamClasses;
  /** Is what writes the envelopes. */
  readonly multiplexerClass: typeof WebsocketMultiplexer = WebsocketMultiplexer;

  /** Handles what is sent to the connection with a type; it is its streams that do. */
  streamEvent(): undefined {
    return undefined;
  }

  /** Returns what sends to a stream. */
  protected stream(name: string): WebsocketMultiplexer {
    const { replyChannel } = this;
    return new this.multiplexerClass({
      stream: name,
      replyChannel,
      send: (reply, options) => replyChannel.send(reply, options),
      group: (group) => this.group(group),
    });
  }

  /** @throws StreamMissing `CHANNELS_STREAM_MISSING`, always */
  protected override send(): never {
    throw new StreamMissing(this.constructor.name);
  }

  /** @throws StreamMissing `CHANNELS_STREAM_MISSING`, always */
  protected override groupSend(): never {
    throw new StreamMissing(this.constructor.name);
  }

  /** Leads messages to the streams, around its own `connect` and `disconnect`. */
  override [CALL](method: HandlerMethod, message: Message, args?: readonly unknown[]): unknown {
    const around = (lead: typeof connecting): unknown => {
      const inner: HandlerMethod = (...own) => lead(this, message, () => method.apply(this, own));
      return super[CALL](inner, message, args);
    };
    switch (message.channel) {
      case 'websocket.connect':
        return around(connecting);
      case 'websocket.receive':
        return receiving(this, message);
      case 'websocket.disconnect':
        return around(disconnecting);
      default:
        return method.name === 'streamEvent'
          ? toAll(this, message)
          : super[CALL](method, message, args);
    }
  }

  override [REFUSE](error: unknown): unknown {
    if (!(error instanceof RefusedFrame || error instanceof MalformedJson)) return undefined;
    // A client could fill any louder log.
    new Logger('Channels').debug(`${this.constructor.name} refused a frame: ${error.message}`);
    return this.encodeJson(errorFrame(error));
  }
}

type Demultiplexer = WebsocketDemultiplexer<object>;

/** Connects the streams, then the demultiplexer itself, and then lets go what they sent. */
async function connecting(
  self: Demultiplexer,
  message: Message,
  connect: () => unknown,
): Promise<unknown> {
  const held: Parameters<Hold>[0][] = [];
  const connected: string[] = [];
  const hold: Hold = (send) => void held.push(send);
  try {
    for (const stream of namesOf(self)) {
      await run(self, { stream, message, hold });
      connected.push(stream);
    }
    const value = await connect();
    for (const send of held) await send();
    return value;
  } catch (error) {
    // In life `connection` a disconnect of its own follows what is no decision.
    const isLast = contextOf(self).shared !== undefined || isDecision(error);
    if (isLast) await disconnectAll(self, message, connected.toReversed());
    throw error;
  }
}

async function receiving(self: Demultiplexer, message: Message): Promise<undefined> {
  const [frame] = self[FRAME](message);
  const { stream, payload } = readEnvelope(frame);
  if (!contextOf(self).streams?.has(stream)) throw new UnknownStream(stream);
  const contentFor = (consumer: StreamConsumer): Content => {
    const { bytes: _bytes, ...content } = message.content;
    return { ...content, text: consumer[FRAMED](payload) };
  };
  try {
    await run(self, { stream, message, contentFor });
  } catch (error) {
    if (!(error instanceof MalformedJson)) throw error;
    throw new InvalidEnvelope('its payload is none for its stream', stream);
  }
  return undefined;
}

/** Disconnects every stream, whatever becomes of the others, and itself last. */
async function disconnecting(
  self: Demultiplexer,
  message: Message,
  disconnect: () => unknown,
): Promise<unknown> {
  const errors: unknown[] = [];
  for (const stream of namesOf(self)) {
    await run(self, { stream, message }).catch((error: unknown) => errors.push(error));
  }
  const value = await disconnect();
  if (errors.length > 0) throw errors[0];
  return value;
}

/** Tells streams that had connected that the connection will not be. */
async function disconnectAll(
  self: Demultiplexer,
  { content, params, replyChannel }: Message,
  streams: readonly string[],
): Promise<void> {
  const { reply_channel, path } = content;
  const end = { reply_channel, path, code: ABNORMAL, order: 1 };
  const parts = { channel: 'websocket.disconnect', content: end, params, replyChannel };
  const message: Message = new Message(parts);
  for (const stream of streams) await run(self, { stream, message }).catch(() => undefined);
}

/** Has all streams that have a handler for an event handle it. */
async function toAll(self: Demultiplexer, message: Message): Promise<undefined> {
  for (const stream of namesOf(self)) await run(self, { stream, message });
  return undefined;
}

function namesOf(self: Demultiplexer): readonly string[] {
  return contextOf(self).streams?.names ?? [];
}

async function run(
  self: Demultiplexer,
  call: Omit<StreamCall, 'outer' | 'multiplexerClass'>,
): Promise<void> {
  const outer = contextOf(self);
  await outer.streams?.run({ outer, multiplexerClass: self.multiplexerClass, ...call });
}
