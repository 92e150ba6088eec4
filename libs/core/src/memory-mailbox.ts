import type { Received } from './channel-layer.js';
import type { Content } from './content.js';
import type { Expiring, Watch } from './deadline-queue.js';
import type { ChannelStatistics } from './layer-statistics.js';
import { RateMeter } from './rate-meter.js';
import { Ring } from './ring.js';

/** Is a message waiting in a mailbox. */
interface Waiting {
  readonly channels: readonly string[];
  readonly content: Content;
  readonly sentAt: number;
  /** Is its place among all messages of the layer. */
  readonly arrival: number;
}

/** Is whoever waits for messages; one may stand in many mailboxes. */
export interface Receiver {
  /** Hands it one message. */
  readonly serve: (message: Received) => void;
  /** Ends its wait without a message. */
  readonly end: () => void;
}

/** Is told when a mailbox lost messages. */
export type ExpiryListener = (mailbox: MemoryMailbox, messages: readonly Received[]) => void;

/** Are the rules of one mailbox. */
export interface MailboxRules {
  readonly capacity: number;
  readonly expiryMs: number;
  readonly onExpired: ExpiryListener;
}

const NOBODY: ReadonlySet<Receiver> = new Set();

/** Is what the memory layer keeps for one non-local channel name. */
export class MemoryMailbox implements Expiring {
  readonly #messages = new Ring<Waiting>();
  readonly #sent = new RateMeter();
  #full?: RateMeter;
  /** A set keeps the order of arrival and forgets an aborted receiver at once. */
  #receivers?: Set<Receiver>;
  watch?: Watch;
  /** Is set while the registry keeps it for its next use. */
  isParked = false;

  constructor(
    readonly name: string,
    readonly rules: MailboxRules,
  ) {}

  get size(): number {
    return this.#messages.size;
  }

  get isIdle(): boolean {
    return this.#messages.size === 0 && !this.#receivers?.size;
  }

  /** Is the place of its next message among all of the layer, infinite when it is empty. */
  get nextArrival(): number {
    return this.#messages.peek()?.arrival ?? Infinity;
  }

  /** Is when its next message expires; all share one lifetime, so the first is the first to. */
  get deadline(): number {
    const next = this.#messages.peek();
    return next ? next.sentAt + this.rules.expiryMs : Infinity;
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
  put(message: Received, now: number, arrival: number): 'served' | 'kept' | 'full' {
    const receiver = this.#first();
    if (!receiver && !this.#hasRoom(now)) {
      (this.#full ??= new RateMeter()).add(1, now);
      return 'full';
    }
    this.#sent.add(1, now);
    if (receiver) receiver.serve(message);
    else this.#keep(message, now, arrival);
    return receiver ? 'served' : 'kept';
  }

  /** Puts a receiver behind all others that wait. */
  yieldTurn(receiver: Receiver): void {
    if (!this.#receivers || this.#receivers.size < 2) return;
    this.#receivers.delete(receiver);
    this.#receivers.add(receiver);
  }

  /** Takes its next message. */
  shift(): Received | undefined {
    const next = this.#messages.shift();
    return next && { channels: next.channels, content: next.content };
  }

  /** Drops the messages whose time is over. */
  expire(now: number): void {
    if (this.deadline > now) return;
    const expired: Received[] = [];
    while (this.deadline <= now) expired.push(this.shift()!);
    this.rules.onExpired(this, expired);
  }

  clear(): number {
    const { size } = this.#messages;
    while (this.#messages.shift());
    return size;
  }

  statistics(now: number): ChannelStatistics {
    const next = this.#messages.peek();
    return {
      messagesCount: this.#sent.total,
      messagesCountPerSecond: this.#sent.perSecond(now),
      messagesPending: this.#messages.size,
      messagesMaxAgeMs: next ? now - next.sentAt : 0,
      channelFullCount: this.#full?.total ?? 0,
      channelFullCountPerSecond: this.#full?.perSecond(now) ?? 0,
    };
  }

  #first(): Receiver | undefined {
    if (!this.#receivers?.size) return undefined;
    return this.#receivers.values().next().value;
  }

  /** Spreading the message here costs more than all the rest of a send on Node 20. */
  #keep({ channels, content }: Received, sentAt: number, arrival: number): void {
    this.#messages.push({ channels, content, sentAt, arrival });
  }

  #hasRoom(now: number): boolean {
    const { capacity } = this.rules;
    if (this.#messages.size >= capacity) this.expire(now);
    return this.#messages.size < capacity;
  }
}
