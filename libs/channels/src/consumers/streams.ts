import type {
  Channel,
  Content,
  Message,
  Router,
  SendOptions,
  WebSocketReply,
} from '@nest-channels/core';
import type { OpenHandler } from '../handler.js';
import { valueFrom } from './base-consumer.js';
import { type ConsumerContext, CONTEXT, PAYLOAD } from './consumer-context.js';
import { StreamContext } from './stream-context.js';
import type { WebsocketConsumer } from './websocket-consumer.js';
import { WebsocketMultiplexer } from './websocket-multiplexer.js';

/** Is a consumer of one stream, at work for one connection or one message. */
export type StreamConsumer = WebsocketConsumer<object>;

/** Is a consumer class that a demultiplexer leads a stream to. */
export interface StreamClass {
  readonly router: Pick<Router<OpenHandler>, 'match'>;
  /** Is the injected consumer. */
  readonly shared: StreamConsumer;
  /** Makes and injects another one. */
  create(): Promise<object>;
}

/** Makes the consumer of a stream, or returns the one there is. */
export type Staffing = (stream: string, streamClass: StreamClass) => Promise<StreamConsumer>;

/** Holds back what streams send, until it is let go. */
export type Hold = (send: () => Promise<void>) => void;

/** Is one message on its way to one stream. */
export interface StreamCall {
  readonly stream: string;
  /** Is the message that the demultiplexer got. */
  readonly message: Message;
  /** Is what the demultiplexer runs in. */
  readonly outer: ConsumerContext;
  readonly multiplexerClass: typeof WebsocketMultiplexer;
  /** Returns the content that the stream gets; that of the demultiplexer's message if absent. */
  contentFor?(consumer: StreamConsumer): Content;
  readonly hold?: Hold;
}

/** Are the consumers of a demultiplexer's streams. */
export class Streams {
  constructor(
    private readonly classes: ReadonlyMap<string, StreamClass>,
    private readonly staffing: Staffing,
  ) {}

  get names(): string[] {
    return [...this.classes.keys()];
  }

  has(stream: string): boolean {
    return this.classes.has(stream);
  }

  /** Has the consumer of a stream handle a message, if it has a handler for it. */
  async run(call: StreamCall): Promise<void> {
    const streamClass = this.classes.get(call.stream);
    if (!streamClass) return;
    const { message: received } = call;
    const consumer = await this.staffing(call.stream, streamClass);
    const content = call.contentFor?.(consumer) ?? received.content;
    const match = streamClass.router.match(received.channel, content);
    if (!match) return;
    const message = enter(consumer, streamClass, call, content);
    const value = await valueFrom(consumer, message, () => match.handler.run(consumer, message));
    if (received.channel === 'websocket.receive') await message.reply(value);
  }
}

/** Puts a consumer into its context, and returns its message. */
function enter(
  consumer: StreamConsumer,
  { shared }: StreamClass,
  call: StreamCall,
  content: Content,
): Message {
  const { outer, message: received } = call;
  const multiplexer = multiplexerOf(call);
  const message = received.derive(content, envelopingChannel(consumer, multiplexer));
  const isView = Object.getPrototypeOf(consumer) === shared;
  const parts = { outer, message, multiplexer, ...(isView && { shared }) };
  consumer[CONTEXT] = new StreamContext(parts);
  return message;
}

function multiplexerOf(call: StreamCall): WebsocketMultiplexer {
  const { stream, outer, hold, multiplexerClass } = call;
  const { replyChannel } = call.message;
  const send = sendingOf(replyChannel, hold);
  return new multiplexerClass({ stream, replyChannel, send, group: (name) => outer.group(name) });
}

/** Returns the reply channel of a connection, as a stream has it: what it sends gets an envelope. */
function envelopingChannel(consumer: StreamConsumer, multiplexer: WebsocketMultiplexer): Channel {
  const { replyChannel } = multiplexer;
  return replyChannel.intercepted((reply, options) => {
    const enveloped = envelop(consumer, multiplexer, reply, options);
    return enveloped ?? replyChannel.send(reply, options);
  });
}

/** Sends a reply of a stream; one accept is that of the demultiplexer. */
function envelop(
  consumer: StreamConsumer,
  multiplexer: WebsocketMultiplexer,
  reply: WebSocketReply,
  options?: SendOptions,
): Promise<void> | undefined {
  const { accept, text, bytes, close } = reply;
  const data = text ?? bytes ?? undefined;
  if (accept === false) return undefined;
  if (data === undefined) return accept ? Promise.resolve() : undefined;
  const closing = typeof close === 'number' || close === true ? { close } : {};
  return multiplexer.send(consumer[PAYLOAD](data), { ...options, ...closing });
}

function sendingOf(
  replyChannel: Channel,
  hold?: Hold,
): (reply: WebSocketReply, options?: SendOptions) => Promise<void> {
  return (reply, options) => {
    const send = (): Promise<void> => replyChannel.send(reply, options);
    if (!hold) return send();
    hold(send);
    return Promise.resolve();
  };
}
