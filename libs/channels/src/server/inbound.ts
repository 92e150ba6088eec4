import {
  ChannelFull,
  type ChannelLayer,
  type Clock,
  type Timer,
  type WebSocketReceive,
} from '@nest-channels/core';
import type { ServerSettings } from '../server-options.js';
import { HeldFrames } from './held-frames.js';
import { RateLimit } from './rate-limit.js';
import { SettlementWindow } from './settlement-window.js';

const RECEIVE = 'websocket.receive';
const RETRY_MS = 100;

/** Is what the inbound halves of all connections share. */
export interface InboundHost {
  readonly layer: Pick<ChannelLayer, 'send'>;
  readonly settings: Pick<
    ServerSettings,
    | 'maxUnsettledFrames'
    | 'maxMessageBytes'
    | 'maxFramesPerSecond'
    | 'overloadTimeoutMs'
    | 'settleTimeoutMs'
    | 'unsettledPolicy'
  >;
  readonly clock: Clock;
}

/** Is where frames come from. */
export interface FrameSource {
  pause(): void;
  resume(): void;
}

/**
 * Says how the frames of a connection follow each other.
 *
 * `strict` sends a frame when the one before it has been handled, and the first one when connect has:
 * that is still waited for `after connect`.
 */
export type HandlingOrder = 'free' | 'after connect' | 'strict';

/** Is told of what cannot be handled. */
export interface InboundListener {
  /** The layer takes no more frames. */
  onUndeliverable(error: Error): void;
  /** A frame was not settled in time, and so many after it are not sent any more. */
  onUnsettled(left: number): void;
}

/** Names the connection in each message. */
export type Sender = Pick<WebSocketReceive, 'reply_channel' | 'path'>;

/** Is the content of `websocket.receive` as layers take it: a type instead of an interface. */
export type ReceiveContent = { readonly [Key in keyof WebSocketReceive]: WebSocketReceive[Key] };

type Payload = { readonly text: string } | { readonly bytes: Uint8Array };

/**
 * Sends the frames of one connection to the workers, no more at a time than they settle.
 *
 * States: flowing ⇄ held (→ finishing) → ended → taken. While a full window, a rate or a full channel holds
 * them back, the socket is paused, so that the client's own writes wait; what had been read is kept
 * here. In strict order the window is one frame, and only a queue of many pauses the socket; when the
 * connection ends, the queue is finished first.
 */
export class Inbound {
  #state: 'flowing' | 'held' | 'finishing' | 'ended' | 'taken' = 'flowing';
  #order = 0;
  readonly #held: HeldFrames;
  #isPaused = false;
  #handlingOrder: HandlingOrder;
  #onFinished?: () => void;
  #whenFinished: Promise<void> = Promise.resolve();
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

  constructor(
    private readonly sender: Sender,
    private readonly source: FrameSource,
    private readonly host: InboundHost,
    private readonly listener: InboundListener,
    order: HandlingOrder = 'free',
  ) {
    const { maxUnsettledFrames, maxMessageBytes, maxFramesPerSecond } = host.settings;
    this.#handlingOrder = order;
    const frames = this.#isStrict ? 1 : maxUnsettledFrames;
    this.#held = new HeldFrames({ frames: maxUnsettledFrames, bytes: maxMessageBytes });
    this.#window = new SettlementWindow({ frames, bytes: maxMessageBytes });
    if (maxFramesPerSecond !== Infinity) {
      this.#rate = new RateLimit(maxFramesPerSecond, host.clock.now());
    }
    if (order === 'after connect') this.#hold();
  }

  /** Counts the frames that have been received. */
  get order(): number {
    return this.#order;
  }

  /** Tells whether the socket is not read for now. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Tells whether everything the client said is known to have been handled. */
  get isSettled(): boolean {
    const hasConnected = this.#handlingOrder !== 'after connect';
    return this.#window.isSettled && this.#held.size === 0 && hasConnected;
  }

  /** Tells whether it needs no settlement any more. */
  get isOver(): boolean {
    return this.#state === 'ended' || this.#state === 'taken';
  }

  /** Takes the next frame of the client. */
  receive(data: Buffer, isBinary: boolean): void {
    if (this.#state !== 'flowing' && this.#state !== 'held') return;
    const content = this.#content(isBinary ? { bytes: data } : { text: data.toString() });
    if (this.#state === 'flowing') this.#send(content, data.length);
    else this.#keep(content, data.length);
  }

  /** Takes the frames up to this one as handled; 0 stands for the connect. */
  settled(order: number): void {
    if (order === 0 && this.#isStrict) this.#handlingOrder = 'strict';
    this.#window.settle(order);
    this.#goOn();
  }

  /** Settles what has been waited for so long that it must have been lost. */
  checkPause(now: number): void {
    if (!this.#isWaiting || !this.#isUnsettled) return;
    const { settleTimeoutMs, unsettledPolicy } = this.host.settings;
    if (now - this.#heldAt < settleTimeoutMs) return;
    if (this.#isStrict && unsettledPolicy === 'close') this.listener.onUnsettled(this.giveUp());
    else this.#settleAll();
  }

  /** Sends nothing more of what is kept in strict order, and returns how many frames that is. */
  giveUp(): number {
    const left = this.#takeKept().length;
    this.#settleAll();
    return left;
  }

  /** Takes no more frames and lets the socket flow, for the closing handshake. */
  end(): void {
    if (this.#state !== 'flowing' && this.#state !== 'held') return;
    this.#resume();
    if (this.#isStrict && this.#state === 'held') return this.#beginToFinish();
    this.#state = 'ended';
    this.#rateTimer?.cancel();
    this.#retryTimer?.cancel();
  }

  /** Resolves when it needs no settlement any more, after the end. */
  finished(): Promise<void> {
    return this.#whenFinished;
  }

  /** Takes the contents that are left after the end, when the layer has judged what it was sent. */
  async takeRest(): Promise<ReceiveContent[]> {
    await this.#whenFinished;
    await this.#lastSend;
    await this.#lastRetry;
    this.#state = 'taken';
    return this.#takeKept();
  }

  get #isStrict(): boolean {
    return this.#handlingOrder !== 'free';
  }

  get #isWaiting(): boolean {
    return this.#state === 'held' || this.#state === 'finishing';
  }

  get #isUnsettled(): boolean {
    return this.#window.isFull || this.#handlingOrder === 'after connect';
  }

  get #isOpen(): boolean {
    return (
      !this.#isUnsettled && !this.#rateTimer && !this.#isRetrying && this.#refused.length === 0
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
    this.#pauseIfMuchIsHeld();
  }

  #keep(content: ReceiveContent, size: number): void {
    this.#held.push({ content, size });
    this.#pauseIfMuchIsHeld();
  }

  #takeKept(): ReceiveContent[] {
    const kept = [...this.#refused, ...this.#held.takeAll()];
    this.#refused = [];
    return kept;
  }

  #pauseIfMuchIsHeld(): void {
    if (this.#isPaused || (this.#isStrict && !this.#held.areMany)) return;
    this.#isPaused = true;
    this.source.pause();
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.source.resume();
  }

  #goOn(): void {
    if (!this.#isWaiting) return;
    const before = this.#held.size;
    while (this.#held.size > 0 && this.#isOpen) this.#sendHeld();
    if (this.#held.size < before) this.#heldAt = this.host.clock.now();
    if (this.#isStrict && this.#held.areFew) this.#resume();
    if (this.#held.size > 0 || !this.#isOpen) return;
    if (this.#state === 'finishing') this.#finish();
    else this.#flow();
  }

  #sendHeld(): void {
    const frame = this.#held.shift();
    if (frame) this.#send(frame.content, frame.size);
  }

  #flow(): void {
    this.#state = 'flowing';
    this.#resume();
  }

  #settleAll(): void {
    this.#window.reset();
    if (this.#isStrict) this.#handlingOrder = 'strict';
    this.#goOn();
  }

  #beginToFinish(): void {
    this.#state = 'finishing';
    this.#whenFinished = new Promise((resolve) => (this.#onFinished = resolve));
  }

  #finish(): void {
    this.#state = 'ended';
    this.#onFinished?.();
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
    if (this.#state === 'taken' || !(error instanceof ChannelFull)) return this.#lose(error);
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
    if (failure && this.#isFinal(failure)) return this.#lose(failure);
    // Frames that were under way may have been refused meanwhile.
    if (this.#refused.length === 0) this.#goOn();
    else if (this.#isWaiting) this.#retryLater();
  }

  /** Nobody knows whether what the layer failed on is handled: in strict order nothing may follow it. */
  #lose(error: Error): void {
    this.listener.onUndeliverable(error);
    if (this.#isStrict && !this.isOver) this.giveUp();
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
