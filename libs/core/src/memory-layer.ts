import { randomBytes } from 'node:crypto';
import type {
  ChannelLayer,
  LayerExtension,
  LayerStatistics,
  Received,
  ReceiveOptions,
} from './channel-layer.js';
import { type Clock, systemClock } from './clock.js';
import { type Content, snapshot } from './content.js';
import { ChannelFull, LayerUnavailable } from './errors.js';
import { MemoryGroups } from './memory-groups.js';
import { MemoryMailbox, type Receiver } from './memory-mailbox.js';
import { assertReceivableName, assertSingleReaderPattern, nonLocalName } from './names.js';

/** Are the limits of a memory layer. */
export interface MemoryLayerOptions {
  /** Is how many unread messages a channel holds; 1,000 if absent. */
  readonly capacity?: number;
  /** Is how many a process-specific mailbox holds, over all its local parts; 10,000 if absent. */
  readonly mailboxCapacity?: number;
  /** Is how long a message can wait to be read; 60,000 if absent. */
  readonly expiryMs?: number;
  /** Is how long a group membership lasts unless renewed; 86,400,000 (a day) if absent. */
  readonly groupExpiryMs?: number;
  readonly clock?: Clock;
}

/** Creates the layer that carries messages within one process, and loses them with it. */
export function memoryLayer(options: MemoryLayerOptions = {}): ChannelLayer {
  return new MemoryLayer(options);
}

/** Makes 22 characters, which the limit of a single-reader pattern leaves room for. */
const RANDOM_BYTES = 16;

class MemoryLayer implements ChannelLayer {
  readonly name = 'memory';
  readonly reach = 'process';
  readonly extensions: ReadonlySet<LayerExtension> = new Set(['groups', 'flush', 'statistics']);

  readonly #capacity: number;
  readonly #mailboxCapacity: number;
  readonly #expiryMs: number;
  readonly #clock: Clock;
  readonly #groups: MemoryGroups;
  readonly #mailboxes = new Map<string, MemoryMailbox>();
  readonly #counts = { sent: 0, received: 0, full: 0, expired: 0 };
  #closed = false;
  #arrivals = 0;

  constructor(options: MemoryLayerOptions) {
    this.#capacity = options.capacity ?? 1_000;
    this.#mailboxCapacity = options.mailboxCapacity ?? 10_000;
    this.#expiryMs = options.expiryMs ?? 60_000;
    this.#clock = options.clock ?? systemClock;
    this.#groups = new MemoryGroups(this.#clock, options.groupExpiryMs ?? 86_400_000);
  }

  async send(channel: string, content: Content): Promise<void> {
    this.#assertOpen();
    const name = nonLocalName(channel);
    if (this.#put(name, { channels: [channel], content })) return;
    this.#counts.full++;
    throw new ChannelFull(name, this.#capacityOf(name));
  }

  async receive(channels: readonly string[], options: ReceiveOptions): Promise<Received[]> {
    this.#assertOpen();
    for (const channel of channels) assertReceivableName(channel);
    if (options.signal.aborted) return [];
    const messages = this.#take(channels, options.max ?? 1);
    return messages.length > 0 ? messages : this.#wait(channels, options.signal);
  }

  async newChannel(pattern: string): Promise<string> {
    this.#assertOpen();
    assertSingleReaderPattern(pattern);
    return pattern + randomBytes(RANDOM_BYTES).toString('base64url');
  }

  async closeChannel(channel: string): Promise<void> {
    this.#assertOpen();
    this.#groups.discardEverywhere(channel);
  }

  async groupAdd(group: string, channel: string): Promise<void> {
    this.#assertOpen();
    this.#groups.add(group, channel);
  }

  async groupDiscard(group: string, channel: string): Promise<void> {
    this.#assertOpen();
    this.#groups.discard(group, channel);
  }

  async groupSend(group: string, content: Content): Promise<void> {
    this.#assertOpen();
    for (const [name, channels] of byReader(this.#groups.channels(group))) {
      const fits = this.#put(name, { channels, content: snapshot(content) });
      if (!fits) this.#counts.full += channels.length;
    }
  }

  async groupChannels(group: string): Promise<string[]> {
    this.#assertOpen();
    return this.#groups.channels(group);
  }

  async flush(): Promise<void> {
    this.#assertOpen();
    this.#clear();
  }

  #clear(): void {
    this.#groups.clear();
    for (const mailbox of this.#mailboxes.values()) mailbox.clear();
  }

  statistics(): LayerStatistics {
    const now = this.#clock.now();
    let pending = 0;
    for (const mailbox of this.#mailboxes.values()) {
      this.#counts.expired += mailbox.expire(now);
      pending += mailbox.size;
    }
    const { sent, received, full, expired } = this.#counts;
    return {
      messagesSent: sent,
      messagesReceived: received,
      messagesPending: pending,
      dropped: { full, expired },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#clear();
    const waiting = [...this.#mailboxes.values()].flatMap((mailbox) => [...mailbox.receivers]);
    for (const receiver of waiting) receiver.end();
  }

  #put(name: string, message: Received): boolean {
    const mailbox = this.#mailbox(name);
    const [receiver] = mailbox.receivers;
    if (receiver) {
      receiver.serve(message);
      this.#counts.received++;
    } else if (!this.#hasRoom(name, mailbox)) {
      return false;
    } else {
      const deadline = this.#clock.now() + this.#expiryMs;
      mailbox.push({ ...message, deadline, arrival: this.#arrivals++ });
    }
    this.#counts.sent++;
    return true;
  }

  #hasRoom(name: string, mailbox: MemoryMailbox): boolean {
    const capacity = this.#capacityOf(name);
    if (mailbox.size >= capacity) this.#counts.expired += mailbox.expire(this.#clock.now());
    return mailbox.size < capacity;
  }

  /**
   * Takes messages in the order they arrived over all these channels: a busy channel cannot starve
   * a quiet one, and what one sender sent to several channels keeps its order.
   */
  #take(channels: readonly string[], max: number): Received[] {
    const taken: Received[] = [];
    while (taken.length < max) {
      const message = this.#oldest(channels)?.shift();
      if (!message) break;
      taken.push(message);
    }
    for (const channel of channels) this.#tidy(channel);
    this.#counts.received += taken.length;
    return taken;
  }

  #oldest(channels: readonly string[]): MemoryMailbox | undefined {
    const now = this.#clock.now();
    let oldest: MemoryMailbox | undefined;
    for (const channel of channels) {
      const mailbox = this.#mailboxes.get(channel);
      if (!mailbox) continue;
      this.#counts.expired += mailbox.expire(now);
      if (mailbox.nextArrival < (oldest?.nextArrival ?? Infinity)) oldest = mailbox;
    }
    return oldest;
  }

  #wait(channels: readonly string[], signal: AbortSignal): Promise<Received[]> {
    return new Promise((resolve) => {
      const finish = (messages: Received[]): void => {
        for (const channel of channels) this.#leave(channel, receiver);
        signal.removeEventListener('abort', receiver.end);
        resolve(messages);
      };
      const receiver: Receiver = { serve: (message) => finish([message]), end: () => finish([]) };
      for (const channel of channels) this.#mailbox(channel).receivers.add(receiver);
      signal.addEventListener('abort', receiver.end);
    });
  }

  #leave(name: string, receiver: Receiver): void {
    this.#mailboxes.get(name)?.receivers.delete(receiver);
    this.#tidy(name);
  }

  #mailbox(name: string): MemoryMailbox {
    let mailbox = this.#mailboxes.get(name);
    if (!mailbox) this.#mailboxes.set(name, (mailbox = new MemoryMailbox()));
    return mailbox;
  }

  #tidy(name: string): void {
    if (this.#mailboxes.get(name)?.isIdle) this.#mailboxes.delete(name);
  }

  #capacityOf(name: string): number {
    return name.endsWith('!') ? this.#mailboxCapacity : this.#capacity;
  }

  #assertOpen(): void {
    if (this.#closed) throw new LayerUnavailable('The memory layer is closed.');
  }
}

function byReader(channels: readonly string[]): Map<string, string[]> {
  const readers = new Map<string, string[]>();
  for (const channel of channels) {
    const name = nonLocalName(channel);
    const members = readers.get(name);
    if (members) members.push(channel);
    else readers.set(name, [channel]);
  }
  return readers;
}
