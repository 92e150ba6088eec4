import { CapacityRules, type CapacityOptions } from './capacity.js';
import type { Clock } from './clock.js';
import { DeadlineQueue } from './deadline-queue.js';
import { type ExpiryListener, type MailboxRules, MemoryMailbox } from './memory-mailbox.js';

/** Is how many empty mailboxes are kept for their next use. */
const PARKED_LIMIT = 1_000;

/** Are the options that all mailboxes of a layer share. */
export interface MailboxesOptions extends CapacityOptions {
  readonly expiryMs: number;
  readonly clock: Clock;
  readonly onExpired: ExpiryListener;
}

/** Holds the mailboxes of a memory layer: those in use, and some that just were. */
export class MemoryMailboxes {
  readonly #byName = new Map<string, MemoryMailbox>();
  readonly #parked = new Set<MemoryMailbox>();
  readonly #deadlines: DeadlineQueue;
  readonly #capacities: CapacityRules;
  readonly #rulesByCapacity = new Map<number, MailboxRules>();

  constructor(private readonly options: MailboxesOptions) {
    this.#deadlines = new DeadlineQueue(options.clock);
    this.#capacities = new CapacityRules(options);
  }

  find(name: string): MemoryMailbox | undefined {
    return this.#byName.get(name);
  }

  /** Returns the mailbox of a name, new if there is none. */
  of(name: string): MemoryMailbox {
    return this.#byName.get(name) ?? this.#create(name);
  }

  all(): Iterable<MemoryMailbox> {
    return this.#byName.values();
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

  /** Empties every mailbox and returns how many messages that were. */
  clear(): number {
    this.#deadlines.clear();
    let cleared = 0;
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
