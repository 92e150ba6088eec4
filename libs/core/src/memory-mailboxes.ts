import { CapacityRules, type CapacityOptions } from './capacity.js';
import type { Clock } from './clock.js';
import { DeadlineQueue } from './deadline-queue.js';
import type { GroupReader } from './memory-groups.js';
import {
  type ExpiryListener,
  type MailboxRules,
  MemoryMailbox,
  type Posted,
} from './memory-mailbox.js';
import { SharedBacklog } from './shared-backlog.js';
import { SharedMessage } from './shared-message.js';

/** Is how many empty mailboxes are kept for their next use. */
const PARKED_LIMIT = 1_000;

/** Are the options that all mailboxes of a layer share. */
export interface MailboxesOptions extends CapacityOptions {
  readonly expiryMs: number;
  readonly clock: Clock;
  readonly onExpired: ExpiryListener;
}

/** Is what there is for one channel: a mailbox of its own, or what it shares. */
type Held = MemoryMailbox | SharedBacklog;

/** Counts what waits in all mailboxes. */
export interface Pending {
  readonly messages: number;
  readonly maxAgeMs: number;
}

/**
 * Holds the mailboxes of a memory layer: those in use, and some that just were.
 *
 * A channel that got nothing but group messages has no mailbox until somebody asks for it: very many
 * share a backlog, so that a group send makes no objects that the collector has to move.
 */
export class MemoryMailboxes {
  readonly #byName = new Map<string, Held>();
  readonly #parked = new Set<MemoryMailbox>();
  readonly #deadlines: DeadlineQueue;
  readonly #capacities: CapacityRules;
  readonly #rulesByCapacity = new Map<number, MailboxRules>();

  constructor(private readonly options: MailboxesOptions) {
    this.#deadlines = new DeadlineQueue(options.clock);
    this.#capacities = new CapacityRules(options);
  }

  find(name: string): MemoryMailbox | undefined {
    const held = this.#byName.get(name);
    return held instanceof SharedBacklog ? this.#open(name, held) : held;
  }

  /** Returns the mailbox of a name, new if there is none. */
  of(name: string): MemoryMailbox {
    return this.find(name) ?? this.#create(name);
  }

  /** Lists the mailboxes, without channels that have none. */
  all(): MemoryMailbox[] {
    return Array.from(this.#byName.values()).filter((held) => held instanceof MemoryMailbox);
  }

  /** Leaves a message at the readers that nobody looks into, and returns the others. */
  share(readers: readonly GroupReader[], posted: Posted): GroupReader[] {
    const deadline = posted.sentAt + this.options.expiryMs;
    const message = new SharedMessage(posted, deadline, this.#expireAll);
    let backlog: SharedBacklog | undefined;
    const others = readers.filter(({ name, channels }) => {
      const held = this.#byName.get(name);
      if (channels || held instanceof MemoryMailbox || !this.#hasRoom(name, held)) return true;
      if (!backlog || backlog.earlier !== held) backlog = new SharedBacklog(message, held);
      this.#byName.set(name, backlog);
      message.names.push(name);
      return false;
    });
    if (message.isHeld) this.#deadlines.watch(message);
    return others;
  }

  /** Has a mailbox's messages expire in time. */
  watch(mailbox: MemoryMailbox): void {
    this.#deadlines.watch(mailbox);
  }

  /** Lets go of a mailbox that nobody uses; the last used ones are kept for a while. */
  release(mailbox: MemoryMailbox): void {
    if (mailbox.isParked || !mailbox.isIdle) return;
    mailbox.isParked = true;
    this.#parked.add(mailbox);
    if (this.#parked.size > PARKED_LIMIT) this.#dropOldest();
  }

  /** Counts what waits, once everything is dropped whose time is over. */
  pending(now: number): Pending {
    let messages = 0;
    let maxAgeMs = 0;
    for (const [name, held] of this.#byName) {
      const current = this.#current(name, held, now);
      messages += current.size;
      maxAgeMs = Math.max(maxAgeMs, current.ageMs(now));
    }
    return { messages, maxAgeMs };
  }

  /** Empties every mailbox and returns how many messages that were. */
  clear(): number {
    this.#deadlines.clear();
    let cleared = 0;
    for (const [name, held] of this.#byName) {
      cleared += held.size;
      if (held instanceof SharedBacklog) this.#byName.delete(name);
      else this.#empty(held);
    }
    return cleared;
  }

  #empty(mailbox: MemoryMailbox): void {
    mailbox.clear();
    this.release(mailbox);
  }

  #create(name: string): MemoryMailbox {
    const mailbox = new MemoryMailbox(name, this.#rules(this.#capacities.of(name)));
    this.#byName.set(name, mailbox);
    return mailbox;
  }

  /** Gives a channel a mailbox of its own, with its part of what it shared. */
  #open(name: string, backlog: SharedBacklog): MemoryMailbox {
    const mailbox = this.#create(name);
    for (const message of backlog.messages()) {
      mailbox.put(message.posted);
      message.open();
      if (!message.isHeld) this.#deadlines.forget(message);
    }
    this.watch(mailbox);
    return mailbox;
  }

  #hasRoom(name: string, backlog: SharedBacklog | undefined): boolean {
    return (backlog?.size ?? 0) < this.#capacities.of(name);
  }

  readonly #expireAll = (names: readonly string[], now: number): number => {
    let expired = 0;
    for (const name of names) {
      const held = this.#byName.get(name);
      if (held) expired += held.size - this.#current(name, held, now).size;
    }
    return expired;
  };

  /** Returns what is held for a channel without the messages whose time is over. */
  #current(name: string, held: Held, now: number): Held {
    const isOver = held instanceof SharedBacklog && held.ageMs(now) >= this.options.expiryMs;
    const current = isOver ? this.#open(name, held) : held;
    if (current instanceof MemoryMailbox) current.expire(now);
    return current;
  }

  /** Mailboxes of one capacity share their rules: there may be very many. */
  #rules(capacity: number): MailboxRules {
    const known = this.#rulesByCapacity.get(capacity);
    if (known) return known;
    const { expiryMs, onExpired } = this.options;
    const rules = { capacity, expiryMs, onExpired };
    this.#rulesByCapacity.set(capacity, rules);
    return rules;
  }

  /** Used ones leave the row here and not when they are used: that happens far more often. */
  #dropOldest(): void {
    const [oldest] = this.#parked;
    this.#parked.delete(oldest);
    oldest.isParked = false;
    if (!oldest.isIdle) return;
    this.#byName.delete(oldest.name);
    this.#deadlines.forget(oldest);
  }
}
