import {
  ChannelFull,
  type ChannelLayer,
  type Clock,
  type Timer,
  type WebSocketReceive,
} from '@nest-channels/core';
import type { ServerSettings } from '../server-options.js';
import { RateLimit } from './rate-limit.js';
import { SettlementWindow } from './settlement-window.js';

const RECEIVE = 'websocket.receive';
const RETRY_MS = 100;

/** Is how long an unsettled window stays closed: by then its messages have run or expired. */
export const LONGEST_PAUSE_MS = 60_000;

/** Is what the inbound halves of all connections share. */
export interface InboundHost {
  readonly layer: ChannelLayer;
  readonly settings: Pick<
    ServerSettings,
    'maxUnsettledFrames' | 'maxMessageBytes' | 'maxFramesPerSecond' | 'overloadTimeoutMs'
  >;
  readonly clock: Clock;
}

/** Is where frames come from. */
export interface FrameSource {
  pause(): void;
  resume(): void;
}

/** Names the connection in each message. */
export type Sender = Pick<WebSocketReceive, 'reply_channel' | 'path'>;

/** Is the content of `websocket.receive` as layers take it: a type instead of an interface. */
export type ReceiveContent = { readonly [Key in keyof WebSocketReceive]: WebSocketReceive[Key] };

type Payload = { readonly text: string } | { readonly bytes: Uint8Array };

interface HeldFrame {
  readonly content: ReceiveContent;
  readonly size: number;
}

/**
 * Sends the frames of one connection to the workers, no more at a time than they settle.
 *
 * States: flowing ⇄ held → ended → taken. While a full window, a rate or a full channel holds them back,
 * the socket is paused, so that the client's own writes wait; what had been read is kept here.
 */
export class Inbound {
  #state: 'flowing' | 'held' | 'ended' | 'taken' = 'flowing';
  #order = 0;
  #held: HeldFrame[] = [];
  /** Are contents that a full channel refused, in their order. */
  #refused: ReceiveContent[] = [];
  #refusedAt = 0;
  #isRetrying = false;
  #heldAt = 0;
  #rateTimer?: Timer;
  #retryTimer?: Timer;
  #lastSend: Promise<void> = Promise.resolve();
  #lastRetry: Promise<void> = Promise.resolve();
  readonly #window: SettlementWindow;
  readonly #rate?: RateLimit;

  /** @param onUndeliverable is called when the layer takes no more frames, with its error */
  constructor(
    private readonly sender: Sender,
    private readonly source: FrameSource,
    private readonly host: InboundHost,
    private readonly onUndeliverable: (error: Error) => void,
  ) {
    const { maxUnsettledFrames, maxMessageBytes, maxFramesPerSecond } = host.settings;
    this.#window = new SettlementWindow({ frames: maxUnsettledFrames, bytes: maxMessageBytes });
    if (maxFramesPerSecond !== Infinity) {
      this.#rate = new RateLimit(maxFramesPerSecond, host.clock.now());
    }
  }

  /** Counts the frames that have been received. */
  get order(): number {
    return this.#order;
  }

  get isHeld(): boolean {
    return this.#state === 'held';
  }

  /** Tells whether everything the client said is known to have been handled. */
  get isSettled(): boolean {
    return this.#window.isSettled && this.#held.length === 0;
  }

  /** Takes the next frame of the client. */
  receive(data: Buffer, isBinary: boolean): void {
    if (this.#state !== 'flowing' && this.#state !== 'held') return;
    const content = this.#content(isBinary ? { bytes: data } : { text: data.toString() });
    if (this.#state === 'flowing') this.#send(content, data.length);
    else this.#held.push({ content, size: data.length });
  }

  /** Takes the frames up to this one as handled. */
  settled(order: number): void {
    this.#window.settle(order);
    this.#goOn();
  }

  /** Opens a window that has been closed for so long that its frames must have been lost. */
  checkPause(now: number): void {
    if (this.#state !== 'held' || !this.#window.isFull) return;
    if (now - this.#heldAt < LONGEST_PAUSE_MS) return;
    this.#window.reset();
    this.#goOn();
  }

  /** Takes no more frames and lets the socket flow, for the closing handshake. */
  end(): void {
    if (this.#state === 'held') this.source.resume();
    this.#state = 'ended';
    this.#rateTimer?.cancel();
    this.#retryTimer?.cancel();
  }

  /** Takes the contents that are left after the end, when the layer has judged what it was sent. */
  async takeRest(): Promise<ReceiveContent[]> {
    await this.#lastSend;
    await this.#lastRetry;
    this.#state = 'taken';
    const rest = [...this.#refused, ...this.#held.map(({ content }) => content)];
    this.#refused = [];
    this.#held = [];
    return rest;
  }

  get #isOpen(): boolean {
    return (
      !this.#window.isFull && !this.#rateTimer && !this.#isRetrying && this.#refused.length === 0
    );
  }

  #send(content: ReceiveContent, size: number): void {
    const asks = this.#window.add(size);
    const message = asks ? { ...content, settle: true as const } : content;
    this.#lastSend = this.host.layer
      .send(RECEIVE, message)
      .catch((error: Error) => this.#failed(message, error));
    if (this.#rate) this.#keepRate(this.#rate);
    if (this.#window.isFull) this.#hold();
  }

  #content(payload: Payload): ReceiveContent {
    const { reply_channel, path } = this.sender;
    const order = ++this.#order;
    // Spelled out twice: spreading costs several times as much, and this is done for every frame.
    return 'text' in payload
      ? { reply_channel, path, order, text: payload.text }
      : { reply_channel, path, order, bytes: payload.bytes };
  }

  #hold(): void {
    if (this.#state !== 'flowing') return;
    this.#state = 'held';
    this.#heldAt = this.host.clock.now();
    this.source.pause();
  }

  #goOn(): void {
    if (this.#state !== 'held') return;
    const held = this.#held;
    let sent = 0;
    while (sent < held.length && this.#isOpen) {
      const { content, size } = held[sent++];
      this.#send(content, size);
    }
    this.#held = held.slice(sent);
    if (sent > 0) this.#heldAt = this.host.clock.now();
    if (this.#held.length === 0 && this.#isOpen) this.#flow();
  }

  #flow(): void {
    this.#state = 'flowing';
    this.source.resume();
  }

  #keepRate(rate: RateLimit): void {
    const { clock } = this.host;
    const waitMs = rate.count(clock.now());
    if (waitMs === 0) return;
    this.#hold();
    this.#rateTimer = clock.setTimer(() => {
      this.#rateTimer = undefined;
      this.#goOn();
    }, waitMs);
  }

  #failed(content: ReceiveContent, error: Error): void {
    if (this.#state === 'taken' || !(error instanceof ChannelFull)) {
      return this.onUndeliverable(error);
    }
    if (this.#refused.push(content) > 1 || this.#isRetrying || this.#state === 'ended') return;
    this.#refusedAt = this.host.clock.now();
    this.#hold();
    this.#retryLater();
  }

  #retryLater(): void {
    this.#retryTimer = this.host.clock.setTimer(() => {
      this.#lastRetry = this.#retry();
    }, RETRY_MS);
  }

  async #retry(): Promise<void> {
    this.#isRetrying = true;
    const failure = await this.#sendRefused();
    this.#isRetrying = false;
    if (failure && this.#isFinal(failure)) return this.onUndeliverable(failure);
    // Frames that were under way may have been refused meanwhile.
    if (this.#refused.length === 0) this.#goOn();
    else if (this.#state === 'held') this.#retryLater();
  }

  /** Sends what was refused, in order, until that fails again. */
  async #sendRefused(): Promise<Error | undefined> {
    for (let content = this.#refused.shift(); content; content = this.#refused.shift()) {
      try {
        await this.host.layer.send(RECEIVE, content);
      } catch (error) {
        // Nobody would send it twice: it is not in the list while it is under way.
        if (this.#state !== 'taken' && error instanceof ChannelFull) this.#refused.unshift(content);
        return error as Error;
      }
    }
    return undefined;
  }

  #isFinal(failure: Error): boolean {
    if (this.#state === 'taken' || !(failure instanceof ChannelFull)) return true;
    const waitedMs = this.host.clock.now() - this.#refusedAt;
    return waitedMs >= this.host.settings.overloadTimeoutMs;
  }
}
