import type ReconnectingWebSocket from 'partysocket/ws';
import { type BridgeOptions, type BridgeSettings, bridgeSettings } from './bridge-options.js';
import type { BridgeStatus } from './bridge-status.js';
import type { BridgeStream, FeedOptions, SendOutcome } from './bridge-stream.js';
import { bridgeUrl, type UrlSource } from './bridge-url.js';
import type { BridgeContract, StreamName } from './contract.js';
import { readFrame, writeFrame } from './envelope.js';
import {
  ChannelsClientError,
  ClientConfigInvalid,
  ConnectionEnded,
  HandlerFailed,
  MessageTooLarge,
} from './errors.js';
import { LastingSocket } from './lasting-socket.js';
import { Listeners, type Unsubscribe } from './listeners.js';
import { Liveness } from './liveness.js';
import { MessageFeed } from './message-feed.js';
import { networkReturn } from './network-return.js';
import { SendQueue } from './send-queue.js';
import { type MessageHandler, Subscriptions } from './subscriptions.js';

/** Is what belongs to one call of `connect()`. */
interface Session {
  readonly link: LastingSocket;
  readonly liveness: Liveness;
  readonly settings: BridgeSettings;
  readonly forgetNetwork: Unsubscribe;
  opened: boolean;
}

/**
 * Speaks JSON over one WebSocket, which comes back by itself, and splits it into streams.
 *
 * Handlers and listeners belong to the bridge: they stay through any number of connections.
 * What the server sent while there was none is not sent again: resubscribe and fetch anew in
 * {@link onReconnect}.
 */
export class WebSocketBridge<C extends BridgeContract = BridgeContract> {
  readonly #subscriptions = new Subscriptions((subject, error) =>
    this.#report(new HandlerFailed(subject, error)),
  );
  readonly #changes = new Listeners<[BridgeStatus]>((error) => this.#handlerFailed(error));
  readonly #reconnects = new Listeners<[]>((error) => this.#handlerFailed(error));
  readonly #errors = new Listeners<[ChannelsClientError]>((error) => console.error(error));
  readonly #feeds = new Set<MessageFeed<never>>();
  #queue: SendQueue | undefined;
  #session: Session | undefined;
  #status: BridgeStatus = { state: 'idle' };

  constructor(private readonly options: BridgeOptions = {}) {}

  /** Is where the bridge stands; another object after each change. */
  get status(): BridgeStatus {
    return this.#status;
  }

  /** Is the reconnecting socket of the last `connect()`, with the interface of a `WebSocket`. */
  get socket(): ReconnectingWebSocket {
    if (!this.#session) throw new ClientConfigInvalid('connect() comes before socket');
    return this.#session.link.socket;
  }

  /** Counts the messages that were sent to this bridge and dropped. */
  get dropped(): number {
    return this.#queue?.dropped ?? 0;
  }

  /**
   * Connects, and goes on connecting until it is told to end; a connection there was is closed.
   *
   * @param url the page's host if absent, a path on that host, or a URL; a function is asked before
   * each attempt, for a fresh token for instance
   * @throws ClientConfigInvalid `CHANNELS_CLIENT_CONFIG_INVALID`
   */
  connect(url?: UrlSource, protocols?: string | string[], options: BridgeOptions = {}): this {
    const settings = bridgeSettings({ ...this.options, ...options });
    const place = (globalThis as { location?: Location }).location;
    const fixed = typeof url === 'function' ? undefined : bridgeUrl(url, place);
    this.#replace();
    this.#queue ??= new SendQueue(settings);
    const source = async (): Promise<string> =>
      fixed ?? bridgeUrl(await (url as () => string | Promise<string>)(), place);
    this.#session = this.#sessionOf(source, protocols, settings);
    this.#become({ state: 'connecting', attempt: 0 });
    return this;
  }

  /** Ends the connection for good; what was queued is dropped, and feeds end. */
  close(code = 1000, reason = ''): void {
    if (this.#session && this.#status.state !== 'closed') this.#session.link.close(code, reason);
  }

  /**
   * Handles the messages that belong to no stream, as `handler(message, null)`.
   *
   * There is one such handler, the last that was given, before or after `connect()`.
   */
  listen(handler: MessageHandler<C['incoming'], null>): Unsubscribe {
    return this.#subscriptions.handle(null, handler as MessageHandler);
  }

  /** Handles the payloads of a stream, as `handler(payload, stream)`; the last handler counts. */
  demultiplex<S extends StreamName<C>>(
    stream: S,
    handler: MessageHandler<C['streams'][S]['incoming'], S>,
  ): Unsubscribe {
    return this.#subscriptions.handle(stream, handler as MessageHandler);
  }

  /** Calls back with each message of no stream, beside the handler of `listen()`. */
  observe(observer: (message: C['incoming']) => void): Unsubscribe {
    return this.#subscriptions.observe(null, observer);
  }

  /**
   * Sends a message as JSON; without a connection, the option `offline` says what becomes of it.
   *
   * @throws MessageInvalid `CHANNELS_CLIENT_MESSAGE_INVALID`
   * @throws MessageTooLarge `CHANNELS_CLIENT_MESSAGE_TOO_LARGE`
   * @throws QueueFull `CHANNELS_CLIENT_QUEUE_FULL`
   * @throws Disconnected `CHANNELS_CLIENT_DISCONNECTED`
   * @throws ConnectionEnded `CHANNELS_CLIENT_ENDED` when it is closed
   */
  send(message: C['outgoing']): SendOutcome {
    return this.#send(null, message);
  }

  /** Returns a stream, to send on and to read. */
  stream<S extends StreamName<C>>(
    name: S,
  ): BridgeStream<C['streams'][S]['incoming'], C['streams'][S]['outgoing']> {
    return {
      name,
      send: (payload) => this.#send(name, payload),
      observe: (observer) => this.#subscriptions.observe(name, observer),
      messages: (options) => this.#feed(name, options),
      next: (options) => this.#next(name, options),
    };
  }

  /** Iterates over the messages of no stream that come from now on. */
  messages(options?: FeedOptions): MessageFeed<C['incoming']> {
    return this.#feed(null, options);
  }

  /** Resolves with the next message of no stream; rejects when the connection ends before. */
  next(options?: FeedOptions): Promise<C['incoming']> {
    return this.#next(null, options);
  }

  /** Resolves when there is a connection; rejects with `ConnectionEnded` when it is over. */
  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): boolean => {
        if (this.#status.state === 'open') resolve();
        else if (this.#status.state === 'closed') reject(this.#ended());
        else return false;
        return true;
      };
      if (settle()) return;
      const remove = this.onChange(() => void (settle() && remove()));
    });
  }

  /** Calls back each time the connection is there again, before what was queued is sent. */
  onReconnect(listener: () => void): Unsubscribe {
    return this.#reconnects.add(listener);
  }

  /** Calls back with each new status: every attempt, with its delay, and every end. */
  onChange(listener: (status: BridgeStatus) => void): Unsubscribe {
    return this.#changes.add(listener);
  }

  /**
   * Calls back with what went wrong beside a call: a frame that cannot be read, an error frame of
   * the server, a handler that threw, a connection that ended by a code that says why.
   *
   * Without a listener they are written to the console.
   */
  onError(listener: (error: ChannelsClientError) => void): Unsubscribe {
    return this.#errors.add(listener);
  }

  #sessionOf(
    url: () => Promise<string>,
    protocols: string | string[] | undefined,
    settings: BridgeSettings,
  ): Session {
    const link: LastingSocket = new LastingSocket(protocols, settings, {
      url: () => this.#nextUrl(url),
      became: (status) => this.#linkBecame(link, status),
      received: (data) => this.#received(data),
    });
    const liveness = new Liveness(settings.clock, settings, {
      ask: () => this.#write(writeFrame(heartbeatOf(settings), settings.codec)),
      giveUp: () => link.giveUp('no sign of life'),
    });
    const forgetNetwork = networkReturn(() => (link.isOpen ? liveness.doubt() : link.hurry()));
    return { link, liveness, settings, forgetNetwork, opened: false };
  }

  async #nextUrl(url: () => Promise<string>): Promise<string> {
    try {
      return await url();
    } catch (error) {
      this.#report(new HandlerFailed('url', error));
      throw error;
    }
  }

  #replace(): void {
    const before = this.#session;
    this.#session = undefined;
    before?.liveness.stop();
    before?.forgetNetwork();
    before?.link.close(1000, '');
  }

  #linkBecame(link: LastingSocket, status: BridgeStatus): void {
    const session = this.#session;
    if (session?.link !== link) return;
    if (status.state === 'open') this.#opened(session, status);
    else if (status.state === 'closed') this.#closed(session, status);
    else session.liveness.stop();
    this.#become(status);
  }

  /** Lets those who resubscribe speak before those who waited. */
  #opened(session: Session, status: BridgeStatus): void {
    this.#status = status;
    session.liveness.start();
    if (session.opened) this.#reconnects.tell();
    session.opened = true;
    for (let text = this.#queue?.shift(); text !== undefined; text = this.#queue?.shift()) {
      this.#write(text);
    }
  }

  #closed(session: Session, status: BridgeStatus & { state: 'closed' }): void {
    session.liveness.stop();
    session.forgetNetwork();
    this.#queue?.clear();
    this.#status = status;
    const isMeant = status.by === 'client' || status.code === 1000;
    const error = isMeant ? undefined : this.#ended();
    if (error) this.#report(error);
    for (const feed of this.#feeds) feed.end(error);
  }

  #become(status: BridgeStatus): void {
    this.#status = status;
    this.#changes.tell(status);
  }

  #received(data: unknown): void {
    const { liveness, settings } = this.#session as Session;
    liveness.heard();
    try {
      this.#subscriptions.deliver(readFrame(data, settings.codec));
    } catch (error) {
      this.#report(error as ChannelsClientError);
    }
  }

  #send(stream: string | null, message: unknown): SendOutcome {
    if (this.#status.state === 'closed') throw this.#ended();
    const settings = this.#session?.settings ?? bridgeSettings(this.options);
    const text = writeFrame({ stream, message }, settings.codec);
    assertSize(text, settings.maxMessageBytes);
    if (this.#session?.link.isOpen) return this.#write(text);
    this.#queue ??= new SendQueue(settings);
    return this.#queue.offer(text);
  }

  #write(text: string): 'sent' {
    this.#session?.link.socket.send(text);
    return 'sent';
  }

  #feed<T>(stream: string | null, { signal, limit = 1_000 }: FeedOptions = {}): MessageFeed<T> {
    const end = (): void => feed.end();
    const remove = this.#subscriptions.observe(stream, (message) => feed.push(message as T));
    const feed: MessageFeed<T> = new MessageFeed(limit, () => {
      remove();
      this.#feeds.delete(feed as MessageFeed<never>);
      signal?.removeEventListener('abort', end);
    });
    this.#feeds.add(feed as MessageFeed<never>);
    signal?.addEventListener('abort', end);
    if (signal?.aborted || this.#status.state === 'closed') end();
    return feed;
  }

  async #next<T>(stream: string | null, options?: FeedOptions): Promise<T> {
    const feed = this.#feed<T>(stream, options);
    const { done, value } = await feed.next();
    feed.end();
    if (!done) return value;
    options?.signal?.throwIfAborted();
    throw this.#ended();
  }

  #ended(): ConnectionEnded {
    const { code = 1000, reason = '' } = this.#status as { code?: number; reason?: string };
    return new ConnectionEnded(code, reason);
  }

  #handlerFailed(error: unknown): void {
    this.#report(new HandlerFailed('listener', error));
  }

  #report(error: ChannelsClientError): void {
    if (this.#errors.size === 0) console.error(error);
    else this.#errors.tell(error);
  }
}

function heartbeatOf({ heartbeat }: BridgeSettings): { stream: null; message: unknown } {
  return { stream: null, message: heartbeat?.message };
}

/** A character takes at most three bytes: most texts need not be measured. */
function assertSize(text: string, limit: number): void {
  if (text.length * 3 <= limit) return;
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > limit) throw new MessageTooLarge(bytes, limit);
}
