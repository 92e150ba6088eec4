import type { Received } from '@nest-channels/core';
import { type Arrived, Inbox, type Receiver } from './inbox.js';

/** Is what the inboxes need of the layer. */
export interface InboxesOptions {
  /** Makes a message of what came, or undefined if nobody may get it any more. */
  readonly open: (inbox: Inbox, arrived: Arrived) => Received | undefined;
  /** Is told that somebody wants more of a name. */
  readonly onDemand: (inbox: Inbox) => void;
  /** Is told that messages were taken out. */
  readonly onTaken: (inbox: Inbox, arrived: Arrived) => void;
}

/** Holds what came from Redis until it is taken, and those who wait. */
export class Inboxes {
  readonly #byName = new Map<string, Inbox>();
  #arrivals = 0;

  constructor(private readonly options: InboxesOptions) {}

  find(name: string): Inbox | undefined {
    return this.#byName.get(name);
  }

  all(): Iterable<Inbox> {
    return this.#byName.values();
  }

  /** Lists the normal channels that somebody waits for. */
  wanted(): Inbox[] {
    return Array.from(this.all()).filter((inbox) => !inbox.isMailbox && inbox.demand > 0);
  }

  /** Takes messages in the order they came over all these names. */
  take(names: readonly string[], max: number): Received[] {
    const taken: Received[] = [];
    while (taken.length < max) {
      const inbox = this.#oldest(names);
      if (!inbox) break;
      const message = this.shift(inbox);
      if (message) taken.push(message);
    }
    return taken;
  }

  /** Takes the next message of one inbox that somebody may still get. */
  shift(inbox: Inbox): Received | undefined {
    for (let arrived = inbox.shift(); arrived; arrived = inbox.shift()) {
      const message = this.options.open(inbox, arrived);
      this.options.onTaken(inbox, arrived);
      this.#release(inbox);
      if (message) return message;
    }
    return undefined;
  }

  enter(names: readonly string[], receiver: Receiver): void {
    for (const name of names) {
      const inbox = this.#of(name);
      inbox.receivers.add(receiver);
      this.options.onDemand(inbox);
    }
    for (const name of names) {
      const inbox = this.find(name);
      if (inbox) this.pump(inbox);
    }
  }

  leave(names: readonly string[], receiver: Receiver): void {
    for (const name of names) {
      const inbox = this.find(name);
      inbox?.receivers.delete(receiver);
      if (inbox) this.#release(inbox);
    }
  }

  /** Puts a receiver behind all others that wait for the same. */
  yieldTurn(names: readonly string[], receiver: Receiver): void {
    for (const name of names) {
      const receivers = this.find(name)?.receivers;
      if (receivers?.delete(receiver)) receivers.add(receiver);
    }
  }

  /** Takes in what came and hands it to those who wait, now or later; tells how much they left. */
  deliver(name: string, messages: readonly Arrived[]): number {
    const inbox = this.#of(name);
    for (const message of messages) inbox.put(message, this.#arrivals++);
    this.pump(inbox);
    this.#release(inbox);
    return inbox.size;
  }

  /** Takes out all that waits in a normal channel, in the order it came. */
  withdraw(name: string): Arrived[] {
    const inbox = this.find(name);
    if (!inbox) return [];
    const left = inbox.clear();
    this.#release(inbox);
    return left;
  }

  /** Hands over as long as there are messages and receivers. */
  pump(inbox: Inbox): void {
    while (inbox.size > 0) {
      const [receiver] = inbox.receivers;
      if (!receiver) return;
      receiver.serve(inbox);
    }
  }

  /** Forgets all that came. */
  clear(): void {
    for (const inbox of this.all()) inbox.clear();
  }

  #oldest(names: readonly string[]): Inbox | undefined {
    let oldest: Inbox | undefined;
    for (const name of names) {
      const inbox = this.find(name);
      if (inbox && inbox.nextArrival < (oldest?.nextArrival ?? Infinity)) oldest = inbox;
    }
    return oldest;
  }

  #of(name: string): Inbox {
    const known = this.find(name);
    if (known) return known;
    const inbox = new Inbox(name);
    this.#byName.set(name, inbox);
    return inbox;
  }

  /** A mailbox is read for as long as the process lives. */
  #release(inbox: Inbox): void {
    if (inbox.isMailbox || inbox.size > 0 || inbox.receivers.size > 0) return;
    this.#byName.delete(inbox.name);
  }
}
