import type ReconnectingWebSocket from 'partysocket/ws';
import { type BridgeOptions, bridgeSettings } from './bridge-options.js';
import { BridgeSession } from './bridge-session.js';
import type { BridgeStatus } from './bridge-status.js';
import type { BridgeStream, FeedOptions, SendOutcome } from './bridge-stream.js';
import { assertProtocols, bridgeUrl, type UrlSource } from './bridge-url.js';
import { assertClose } from './close-codes.js';
import type { BridgeContract, StreamName } from './contract.js';
import { assertSize, readFrame, writeFrame } from './envelope.js';
import {
  type ChannelsClientError,
  ClientConfigInvalid,
  ConnectionEnded,
  HandlerFailed,
} from './errors.js';
import { Feeds } from './feeds.js';
import { Listeners, type Unsubscribe } from './listeners.js';
import type { MessageFeed } from './message-feed.js';
import { SendQueue } from './send-queue.js';
import { type MessageHandler, Subscriptions } from './subscriptions.js';

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
  readonly #feeds = new Feeds(this.#subscriptions);
  readonly #queue = new SendQueue();
  #session: BridgeSession | undefined;
  #status: BridgeStatus = { state: 'idle' };

  constructor(private readonly options: BridgeOptions = {}) {}

  /** Is where the bridge stands; another object after each change. */
  get status(): BridgeStatus {
    return this.#status;
  }

  /** Is the reconnecting socket of the last `connect()`, with the interface of a `WebSocket`. */
  get socket(): ReconnectingWebSocket {
    if (!this.#session) throw new ClientConfigInvalid('connect() comes before socket');
    return this.#session.socket;
  }

  /** Counts the messages that were sent to this bridge and dropped. */
  get dropped(): number {
    return this.#queue.dropped;
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
    assertProtocols(protocols);
    const destination = { url: urlOf(url), protocols };
    const session = new BridgeSession(destination, settings, {
      became: (each, status) => this.#sessionBecame(each, status),
      received: (data) => this.#received(data),
      failed: (error) => this.#report(error),
    });
    this.#replace(session);
    return this;
  }

  /**
   * Ends the connection for good; what was queued is dropped, and feeds end.
   *
   * @throws CloseInvalid `CHANNELS_CLIENT_CLOSE_INVALID` for what no close frame can carry
   */
  close(code = 1000, reason = ''): void {
    assertClose(code, reason);
    this.#session?.close(code, reason);
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

  #replace(session: BridgeSession): void {
    const before = this.#session;
    this.#session = session;
    before?.close(1000, '');
    this.#become({ state: 'connecting', attempt: 0 });
  }

  #sessionBecame(session: BridgeSession, status: BridgeStatus): void {
    if (this.#session !== session) return;
    this.#status = status;
    if (status.state === 'open') this.#opened(session);
    if (status.state === 'closed') this.#closed(status);
    // Who was told may have closed it, or connected elsewhere.
    if (this.#status === status) this.#become(status);
  }

  /** Lets those who resubscribe speak before those who waited. */
  #opened(session: BridgeSession): void {
    if (session.isAgain) this.#reconnects.tell();
    while (this.#session === session && session.isOpen && this.#queue.length > 0) {
      session.write(this.#queue.shift() as string);
    }
  }

  #closed(status: BridgeStatus & { state: 'closed' }): void {
    this.#queue.clear();
    const isMeant = status.by === 'client' || status.code === 1000;
    const error = isMeant ? undefined : this.#ended();
    if (error) this.#report(error);
    this.#feeds.end(error);
  }

  #become(status: BridgeStatus): void {
    this.#status = status;
    this.#changes.tell(status);
  }

  #received(data: unknown): void {
    const { settings } = this.#session as BridgeSession;
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
    if (!this.#session?.isOpen) return this.#queue.offer(text, settings);
    this.#session.write(text);
    return 'sent';
  }

  #feed<T>(stream: string | null, options?: FeedOptions): MessageFeed<T> {
    const feed = this.#feeds.begin<T>(stream, options);
    if (this.#status.state === 'closed') feed.end();
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

/** Completes a URL at once where it is known already, so that a mistake is thrown. */
function urlOf(url: UrlSource | undefined): () => Promise<string> {
  const place = (globalThis as { location?: Location }).location;
  if (typeof url === 'function') return async () => bridgeUrl(await url(), place);
  const complete = bridgeUrl(url, place);
  return async () => complete;
}
