import type { Duplex } from 'node:stream';
import type { Clock } from '@nest-channels/core';
import type { ServerSettings } from '../server-options.js';
import { Backlog } from './backlog.js';
import type { Frame } from './frame.js';
import type { WriteBatch } from './write-batch.js';

/** Is about what one write carries; frames beyond it wait for the next. */
const WRITE_BYTES = 64 * 1024;

/** Is what the outbound halves of all connections share. */
export interface OutboundHost {
  readonly settings: Pick<
    ServerSettings,
    'maxOutboundBytes' | 'outboundPolicy' | 'outboundTimeoutMs'
  >;
  readonly clock: Clock;
  readonly batch: WriteBatch;
  /** Is told of each frame that was dropped because its client reads too slowly. */
  frameDropped(): void;
}

/**
 * Writes frames to one client, and keeps what it does not read fast enough.
 *
 * States: flowing ⇄ blocked → ended. While flowing, the frames of one turn leave together; blocked,
 * they wait in a backlog until the socket has drained.
 */
export class Outbound {
  #state: 'flowing' | 'blocked' | 'ended' = 'flowing';
  #frames: Frame[] = [];
  #bytes = 0;
  #backlog?: Backlog;
  #blockedAt = 0;
  #written = 0;

  /** @param onExceeded is called when more waits than may, once */
  constructor(
    private readonly socket: Duplex,
    private readonly host: OutboundHost,
    private readonly onExceeded: () => void,
  ) {}

  /** Counts the frames that have been handed over to the socket. */
  get written(): number {
    return this.#written;
  }

  /** Sends a frame, now or when the client has read what came before. */
  send(frame: Frame): void {
    if (this.#state === 'blocked') return this.#wait(frame);
    if (this.#state === 'ended') return;
    if (this.#frames.push(frame) === 1) this.host.batch.add(this);
    this.#bytes += frame.wire.length;
    if (this.#bytes >= WRITE_BYTES) this.flush();
  }

  /** Writes what this turn has collected. */
  flush(): void {
    const frames = this.#frames;
    if (frames.length === 0) return;
    this.#frames = [];
    this.#bytes = 0;
    if (!this.#write(frames)) this.#block();
  }

  /** Tells whether the client has left unread what waits for it, for too long. */
  isStalled(now: number): boolean {
    const { outboundTimeoutMs } = this.host.settings;
    return this.#state === 'blocked' && now - this.#blockedAt >= outboundTimeoutMs;
  }

  /** Starts a stall's time over: right when the server itself was stopped in it. */
  forgive(now: number): void {
    this.#blockedAt = now;
  }

  /** Hands over to the socket all that waits, ahead of a close frame. */
  end(): void {
    this.flush();
    if (this.#state === 'blocked') this.#write(this.#backlog?.take(Infinity) ?? []);
    this.discard();
  }

  /** Forgets what waits. */
  discard(): void {
    this.#state = 'ended';
    this.#frames = [];
    this.#backlog = undefined;
  }

  #write(frames: readonly Frame[]): boolean {
    const { socket } = this;
    this.#written += frames.length;
    if (frames.length === 1) return socket.write(frames[0].wire);
    // One copy is cheaper than a vector of many small buffers.
    return socket.write(Buffer.concat(frames.map((frame) => frame.wire)));
  }

  #wait(frame: Frame): void {
    const backlog = this.#backlogOrNew();
    const outcome = backlog.add(frame, this.socket.writableLength);
    if (outcome === 'dropped') return this.host.frameDropped();
    if (outcome === 'kept') return;
    this.discard();
    this.onExceeded();
  }

  #backlogOrNew(): Backlog {
    const { maxOutboundBytes, outboundPolicy } = this.host.settings;
    return (this.#backlog ??= new Backlog({ maxBytes: maxOutboundBytes, policy: outboundPolicy }));
  }

  #block(): void {
    this.#state = 'blocked';
    this.#blockedAt = this.host.clock.now();
    this.socket.once('drain', () => this.#drained());
  }

  #drained(): void {
    while (this.#state === 'blocked' && this.#backlog?.isEmpty === false) {
      if (!this.#write(this.#backlog.take(WRITE_BYTES))) return this.#block();
    }
    this.#backlog = undefined;
    if (this.#state === 'blocked') this.#state = 'flowing';
  }
}
