import type { Received } from './channel-layer.js';
import { type Content, snapshot } from './content.js';
import type { Expiring } from './deadline-queue.js';
import type { ChannelStatistics } from './layer-statistics.js';
import { RateMeter } from './rate-meter.js';
import { Ring } from './ring.js';

/**
 * Is a message on its way through mailboxes.
 *
 * A group message is one object in the mailboxes of all its normal members, copied when it is taken:
 * a hundred thousand copies at once would be as many objects for the collector to move.
 */
export interface Posted {
  /** Are the names it was sent to, where they are not the mailbox's own. */
  readonly channels?: readonly string[];
  readonly content: Content;
  readonly sentAt: number;
  /** Is its place among all messages of the layer. */
  readonly arrival: number;
  /** Says that other mailboxes hold the same content. */
  readonly isShared: boolean;
}

/** Is whoever waits for messages; one may stand in many mailboxes. */
export interface Receiver {
  /** Hands it one message. */
  readonly serve: (message: Received) => void;
  /** Ends its wait without a message. */
  readonly end: () => void;
}

/** Is told when a mailbox lost messages. */
export type ExpiryListener = (mailbox: MemoryMailbox, messages: readonly Posted[]) => void;

/** Are the rules of one mailbox. */
export interface MailboxRules {
  readonly capacity: number;
  readonly expiryMs: number;
  readonly onExpired: ExpiryListener;
}

const NOBODY: ReadonlySet<Receiver> = new Set();

/**
 * Is what the memory layer keeps for one non-local channel name.
 *
 * There may be very many, and most hold one message: the rest is made when it is needed.
 */
export class MemoryMailbox implements Expiring {
  #next?: Posted;
  #later?: Ring<Posted>;
  /** Is absent while its only message so far waits: that one tells as much. */
  #sent?: RateMeter;
  #full?: RateMeter;
  /** A set keeps the order of arrival and forgets an aborted receiver at once. */
  #receivers?: Set<Receiver>;
  isWatched = false;
  /** Is set while the registry keeps it for its next use. */
  isParked = false;

  constructor(
    readonly name: string,
    readonly rules: MailboxRules,
  ) {}

  get size(): number {
    return this.#next ? 1 + (this.#later?.size ?? 0) : 0;
  }

  get isIdle(): boolean {
    return !this.#next && !this.#receivers?.size;
  }

  /** Is the place of its next message among all of the layer, infinite when it is empty. */
  get nextArrival(): number {
    return this.#next?.arrival ?? Infinity;
  }

  /** Is when its next message expires; all share one lifetime, so the first is the first to. */
  get deadline(): number {
    return this.#next ? this.#next.sentAt + this.rules.expiryMs : Infinity;
  }

  /** Are those who wait for its messages, in the order they came. */
  get receivers(): ReadonlySet<Receiver> {
    return this.#receivers ?? NOBODY;
  }

  enter(receiver: Receiver): void {
    (this.#receivers ??= new Set()).add(receiver);
  }

  leave(receiver: Receiver): void {
    this.#receivers?.delete(receiver);
  }

  /** Hands a message to the first in line, or keeps it; tells what it did. */
  put(message: Posted): 'served' | 'kept' | 'full' {
    if (this.#receivers?.size) return this.#serve(message);
    if (this.size >= this.rules.capacity && !this.#makeRoom(message.sentAt)) return 'full';
    if (this.#next) return this.#keepBehind(message);
    this.#sent?.add(1, message.sentAt);
    this.#next = message;
    return 'kept';
  }

  /** Puts a receiver behind all others that wait. */
  yieldTurn(receiver: Receiver): void {
    if (!this.#receivers || this.#receivers.size < 2) return;
    this.#receivers.delete(receiver);
    this.#receivers.add(receiver);
  }

  /** Takes its next message. */
  shift(): Received | undefined {
    const message = this.#next;
    if (!message) return undefined;
    this.#sent ??= this.#meter();
    this.#next = this.#later?.shift();
    return this.#handOver(message);
  }

  /** Drops the messages whose time is over. */
  expire(now: number): number {
    if (this.deadline > now) return 0;
    const expired = this.#shiftExpired(now);
    this.rules.onExpired(this, expired);
    return expired.length;
  }

  clear(): number {
    const { size } = this;
    if (size > 0) this.#meter();
    this.#next = undefined;
    this.#later = undefined;
    return size;
  }

  /** Is how old its next message is, 0 when it is empty. */
  ageMs(now: number): number {
    return this.#next ? now - this.#next.sentAt : 0;
  }

  statistics(now: number): ChannelStatistics {
    const sent = this.#meter();
    return {
      messagesCount: sent.total,
      messagesCountPerSecond: sent.perSecond(now),
      messagesPending: this.size,
      messagesMaxAgeMs: this.ageMs(now),
      channelFullCount: this.#full?.total ?? 0,
      channelFullCountPerSecond: this.#full?.perSecond(now) ?? 0,
    };
  }

  #serve(message: Posted): 'served' {
    const [receiver] = this.receivers;
    this.#meter().add(1, message.sentAt);
    receiver.serve(this.#handOver(message));
    return 'served';
  }

  #keepBehind(message: Posted): 'kept' {
    this.#meter().add(1, message.sentAt);
    (this.#later ??= new Ring()).push(message);
    return 'kept';
  }

  /** Takes all at once: one by one, a hundred thousand would hold the event loop for long. */
  #shiftExpired(now: number): Posted[] {
    const { expiryMs } = this.rules;
    const later = this.#later?.shiftWhile(({ sentAt }) => sentAt + expiryMs <= now) ?? [];
    const first = this.#next!;
    this.#sent ??= this.#meter();
    this.#next = this.#later?.shift();
    return [first].concat(later);
  }

  #handOver(message: Posted): Received {
    const content = message.isShared ? snapshot(message.content) : message.content;
    return { channels: message.channels ?? [this.name], content };
  }

  #makeRoom(now: number): boolean {
    const { capacity } = this.rules;
    this.expire(now);
    if (this.size < capacity) return true;
    (this.#full ??= new RateMeter()).add(1, now);
    return false;
  }

  /** Returns the meter of what it took, made late: see {@link #sent}. */
  #meter(): RateMeter {
    if (this.#sent) return this.#sent;
    this.#sent = new RateMeter();
    if (this.#next) this.#sent.add(1, this.#next.sentAt);
    return this.#sent;
  }
}
