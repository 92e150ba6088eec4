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
  readonly #byName = new Map<string, MemoryMailbox>();
  /** Are the channels without a mailbox. */
  readonly #shared = new Map<string, SharedBacklog>();
  readonly #parked = new Set<MemoryMailbox>();
  readonly #deadlines: DeadlineQueue;
  readonly #capacities: CapacityRules;
  readonly #rulesByCapacity = new Map<number, MailboxRules>();

  constructor(private readonly options: MailboxesOptions) {
    this.#deadlines = new DeadlineQueue(options.clock);
    this.#capacities = new CapacityRules(options);
  }

  find(name: string): MemoryMailbox | undefined {
    return this.#byName.get(name) ?? this.#open(name);
  }

  /** Returns the mailbox of a name, new if there is none. */
  of(name: string): MemoryMailbox {
    return this.find(name) ?? this.#create(name);
  }

  /** Lists the mailboxes, without channels that have none. */
  all(): Iterable<MemoryMailbox> {
    return this.#byName.values();
  }

  /** Leaves a message at the readers that nobody looks into, and returns the others. */
  share(readers: readonly GroupReader[], posted: Posted): GroupReader[] {
    const deadline = posted.sentAt + this.options.expiryMs;
    const message = new SharedMessage(posted, deadline, this.#expireAll);
    let backlog: SharedBacklog | undefined;
    const others = readers.filter(({ name, channels }) => {
      if (channels || this.#byName.has(name)) return true;
      const earlier = this.#shared.get(name);
      if ((earlier?.size ?? 0) >= this.#capacities.of(name)) return true;
      if (!backlog || backlog.earlier !== earlier) backlog = new SharedBacklog(message, earlier);
      this.#shared.set(name, backlog);
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
    this.#expireAll(this.#shared.keys(), now);
    for (const mailbox of this.#byName.values()) mailbox.expire(now);
    let messages = 0;
    let maxAgeMs = 0;
    for (const all of [this.#byName, this.#shared]) {
      for (const held of all.values()) {
        messages += held.size;
        maxAgeMs = Math.max(maxAgeMs, held.ageMs(now));
      }
    }
    return { messages, maxAgeMs };
  }

  /** Empties every mailbox and returns how many messages that were. */
  clear(): number {
    this.#deadlines.clear();
    let cleared = 0;
    for (const { size } of this.#shared.values()) cleared += size;
    this.#shared.clear();
    for (const mailbox of this.#byName.values()) {
      cleared += mailbox.clear();
      this.release(mailbox);
    }
    return cleared;
  }

  #create(name: string): MemoryMailbox {
    const mailbox = new MemoryMailbox(name, this.#rules(this.#capacities.of(name)));
    this.#byName.set(name, mailbox);
    return mailbox;
  }

  /** Gives a channel that shares a backlog a mailbox of its own. */
  #open(name: string): MemoryMailbox | undefined {
    const backlog = this.#shared.get(name);
    if (!backlog) return undefined;
    this.#shared.delete(name);
    const mailbox = this.#create(name);
    for (const message of backlog.messages()) {
      mailbox.put(message.posted);
      message.open();
      if (!message.isHeld) this.#deadlines.forget(message);
    }
    this.watch(mailbox);
    return mailbox;
  }

  /** Drops what is over in the backlogs of these channels, and says how many messages that were. */
  readonly #expireAll = (names: Iterable<string>, now: number): number => {
    let expired = 0;
    for (const name of names) {
      const ageMs = this.#shared.get(name)?.ageMs(now) ?? 0;
      if (ageMs >= this.options.expiryMs) expired += this.#open(name)?.expire(now) ?? 0;
    }
    return expired;
  };

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
