import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { ChannelCapacity } from './capacity.js';
import type {
  ChannelLayer,
  LayerExtension,
  Received,
  ReceiveOptions,
  Subscription,
} from './channel-layer.js';
import { type Clock, systemClock } from './clock.js';
import { Codec } from './codec.js';
import { type Content, snapshot } from './content.js';
import { ChannelFull, LayerUnavailable } from './errors.js';
import { GroupEvictions } from './group-evictions.js';
import { GroupFanOut } from './group-fan-out.js';
import { type DropReason, type LayerEventMap, type LayerEvents, tell } from './layer-events.js';
import type { ChannelStatistics, LayerStatistics } from './layer-statistics.js';
import { type GroupReader, MemoryGroups } from './memory-groups.js';
import { MemoryMailbox, type Posted, type Receiver } from './memory-mailbox.js';
import { MemoryMailboxes } from './memory-mailboxes.js';
import { MemorySubscription } from './memory-subscription.js';
import { assertReceivableName, assertSingleReaderPattern, nonLocalName } from './names.js';
import { RateMeter } from './rate-meter.js';

/** Is the least any layer has to carry in one message. */
export const MIN_MAX_MESSAGE_BYTES = 1_048_576;

/** Are the limits of a memory layer. */
export interface MemoryLayerOptions {
  /** Is how many unread messages a channel holds; 1,000 if absent. */
  readonly capacity?: number;
  /** Is how many a process-specific mailbox holds, over all its local parts; 10,000 if absent. */
  readonly mailboxCapacity?: number;
  /** Overrides both by name, globs or RegExps over the non-local name; the first match wins. */
  readonly channelCapacity?: readonly ChannelCapacity[];
  /** Is how long a message can wait to be read; 60,000 if absent. */
  readonly expiryMs?: number;
  /** Is how long a group membership lasts unless renewed; 86,400,000 (a day) if absent. */
  readonly groupExpiryMs?: number;
  /** Is how many groups a process-specific channel, as that of a connection, may be in; 128 if absent. */
  readonly maxGroupsPerChannel?: number;
  /** Is how long an encoded message may be; 1,048,576 if absent, and never less. */
  readonly maxMessageBytes?: number;
  /** Encodes and decodes every message, to prove that other layers carry it; false if absent. */
  readonly strict?: boolean;
  readonly clock?: Clock;
}

/** Creates the layer that carries messages within one process, and loses them with it. */
export function memoryLayer(options: MemoryLayerOptions = {}): ChannelLayer {
  return new MemoryLayer(options);
}

/** Is one message to a group, with whether several readers get it. */
type GroupMessage = Pick<Posted, 'content' | 'isShared'>;

/** Makes 22 characters, which the limit of a single-reader pattern leaves room for. */
const RANDOM_BYTES = 16;

class MemoryLayer implements ChannelLayer {
  readonly name = 'memory';
  readonly reach = 'process';
  readonly extensions: ReadonlySet<LayerExtension> = new Set([
    'groups',
    'flush',
    'statistics',
    'push',
  ]);
  readonly maxMessageBytes: number;
  readonly events: LayerEvents = new EventEmitter<LayerEventMap>();

  readonly #clock: Clock;
  readonly #codec?: Codec;
  readonly #mailboxes: MemoryMailboxes;
  readonly #groups: MemoryGroups;
  readonly #fanOut = new GroupFanOut<GroupMessage>((readers, message) =>
    this.#deliver(readers, message),
  );
  readonly #evictions = new GroupEvictions((channel) => this.#groups.discardEverywhere(channel));
  readonly #sent = new RateMeter();
  readonly #full = new RateMeter();
  readonly #dropped: Record<DropReason, number> = { full: 0, expired: 0, closed: 0, resilience: 0 };
  #received = 0;
  #arrivals = 0;
  #state: 'open' | 'closed' = 'open';

  constructor(options: MemoryLayerOptions) {
    const { capacity = 1_000, mailboxCapacity = 10_000, expiryMs = 60_000 } = options;
    const { channelCapacity, clock = systemClock, groupExpiryMs = 86_400_000 } = options;
    const { maxGroupsPerChannel = 128 } = options;
    this.maxMessageBytes = Math.max(options.maxMessageBytes ?? 0, MIN_MAX_MESSAGE_BYTES);
    this.#clock = clock;
    this.#codec = options.strict ? new Codec() : undefined;
    this.#groups = new MemoryGroups(clock, { expiryMs: groupExpiryMs, maxGroupsPerChannel });
    this.#mailboxes = new MemoryMailboxes({
      capacity,
      mailboxCapacity,
      channelCapacity,
      expiryMs,
      clock,
      onExpired: (mailbox, messages) => this.#expired(mailbox, messages),
    });
  }

  async send(channel: string, content: Content): Promise<void> {
    this.#assertOpen();
    const name = nonLocalName(channel);
    const mailbox = this.#mailboxes.of(name);
    const channels = name === channel ? undefined : [channel];
    const carried = this.#codec ? this.#carried(content) : content;
    const message = {
      channels,
      content: carried,
      sentAt: this.#clock.now(),
      arrival: this.#arrivals++,
      isShared: false,
    };
    if (this.#put(mailbox, message)) return;
    this.#countFull(mailbox, 1);
    throw new ChannelFull(mailbox.name, mailbox.rules.capacity);
  }

  async receive(channels: readonly string[], options: ReceiveOptions): Promise<Received[]> {
    this.#assertReceivable(channels);
    if (options.signal.aborted) return [];
    const messages = this.#take(channels, Math.max(1, options.max ?? 1));
    return messages.length > 0 ? messages : this.#wait(channels, options.signal);
  }

  subscribe(channels: readonly string[], listener: (message: Received) => void): Subscription {
    this.#assertReceivable(channels);
    return new MemorySubscription(listener, {
      take: (max) => this.#take(channels, max),
      hasWaiting: () => this.#oldest(channels) !== undefined,
      enter: (receiver) => this.#enter(channels, receiver),
      leave: (receiver) => this.#leave(channels, receiver),
      yieldTurn: (receiver) => this.#yieldTurn(channels, receiver),
    });
  }

  async newChannel(pattern: string): Promise<string> {
    this.#assertOpen();
    assertSingleReaderPattern(pattern);
    return pattern + randomBytes(RANDOM_BYTES).toString('base64url');
  }

  async closeChannel(channel: string): Promise<void> {
    this.#assertOpen();
    if (this.#evictions.areUnderWay) await this.#evictions.finished();
    this.#groups.discardEverywhere(channel);
  }

  async groupAdd(group: string, channel: string): Promise<void> {
    this.#assertOpen();
    if (this.#evictions.areUnderWay) await this.#evictions.finished();
    this.#groups.add(group, channel);
  }

  async groupDiscard(group: string, channel: string): Promise<void> {
    this.#assertOpen();
    if (this.#evictions.areUnderWay) await this.#evictions.finished();
    this.#groups.discard(group, channel);
  }

  async groupSend(group: string, content: Content): Promise<void> {
    this.#assertOpen();
    const carried = this.#carried(snapshot(content));
    if (this.#evictions.areUnderWay) await this.#evictions.finished();
    const readers = this.#groups.readers(group);
    await this.#fanOut.send(group, readers, { content: carried, isShared: readers.size > 1 });
  }

  async groupChannels(group: string): Promise<string[]> {
    this.#assertOpen();
    if (this.#evictions.areUnderWay) await this.#evictions.finished();
    return this.#groups.readers(group).channels();
  }

  async flush(): Promise<void> {
    this.#assertOpen();
    this.#clear();
    tell(this.events, 'reset');
  }

  statistics(): LayerStatistics {
    const now = this.#clock.now();
    const pending = this.#mailboxes.pending(now);
    return {
      messagesCount: this.#sent.total,
      messagesCountPerSecond: this.#sent.perSecond(now),
      messagesPending: pending.messages,
      messagesMaxAgeMs: pending.maxAgeMs,
      channelFullCount: this.#full.total,
      channelFullCountPerSecond: this.#full.perSecond(now),
      messagesReceived: this.#received,
      dropped: { ...this.#dropped },
    };
  }

  channelStatistics(channel: string): ChannelStatistics {
    const now = this.#clock.now();
    const mailbox = this.#mailboxes.find(channel);
    mailbox?.expire(now);
    return (mailbox ?? this.#unused(channel)).statistics(now);
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#clear();
    const waiting = Array.from(this.#mailboxes.all()).flatMap(({ receivers }) => [...receivers]);
    for (const receiver of waiting) receiver.end();
  }

  #carried(content: Content): Content {
    return this.#codec ? this.#codec.decode(this.#codec.encode(content)) : content;
  }

  #put(mailbox: MemoryMailbox, message: Posted): boolean {
    const outcome = mailbox.put(message);
    if (outcome === 'full') return false;
    this.#sent.add(1, message.sentAt);
    if (outcome === 'served') this.#received++;
    else this.#mailboxes.watch(mailbox);
    return true;
  }

  #deliver(readers: readonly GroupReader[], { content, isShared }: GroupMessage): void {
    const sentAt = this.#clock.now();
    const message = { channels: undefined, content, sentAt, arrival: this.#arrivals++, isShared };
    const others = isShared ? this.#mailboxes.share(readers, message) : readers;
    this.#sent.add(readers.length - others.length, message.sentAt);
    for (const { name, channels } of others) {
      if (this.#state === 'closed') return;
      const mailbox = this.#mailboxes.of(name);
      const isAccepted = this.#put(mailbox, channels ? { ...message, channels } : message);
      if (!isAccepted) this.#countFull(mailbox, channels?.length ?? 1);
    }
  }

  #countFull({ name, rules }: MemoryMailbox, messages: number): void {
    this.#full.add(1, this.#clock.now());
    this.#dropped.full += messages;
    tell(this.events, 'full', { channel: name, capacity: rules.capacity, messages });
  }

  /** An unread message is a sign that nobody listens: its channels leave their groups. */
  #expired(mailbox: MemoryMailbox, messages: readonly Posted[]): void {
    const { name } = mailbox;
    this.#dropped.expired += messages.length;
    this.#mailboxes.release(mailbox);
    if (messages.some(({ channels }) => !channels)) this.#evictions.add([name]);
    for (const { channels } of messages) if (channels) this.#evictions.add(channels);
    tell(this.events, 'expired', { channel: name, messages: messages.length });
  }

  /**
   * Takes messages in the order they arrived over all these channels: a busy channel cannot starve
   * a quiet one, and what one sender sent to several channels keeps its order.
   */
  #take(channels: readonly string[], max: number): Received[] {
    const taken: Received[] = [];
    while (taken.length < max) {
      const mailbox = this.#oldest(channels);
      const message = mailbox?.shift();
      if (!mailbox || !message) break;
      taken.push(message);
      this.#mailboxes.release(mailbox);
    }
    this.#received += taken.length;
    return taken;
  }

  #oldest(channels: readonly string[]): MemoryMailbox | undefined {
    const now = this.#clock.now();
    let oldest: MemoryMailbox | undefined;
    for (const channel of channels) {
      const mailbox = this.#mailboxes.find(channel);
      if (!mailbox) continue;
      mailbox.expire(now);
      if (mailbox.nextArrival < (oldest?.nextArrival ?? Infinity)) oldest = mailbox;
    }
    return oldest;
  }

  #wait(channels: readonly string[], signal: AbortSignal): Promise<Received[]> {
    return new Promise((resolve) => {
      const finish = (messages: Received[]): void => {
        this.#leave(channels, receiver);
        signal.removeEventListener('abort', receiver.end);
        resolve(messages);
      };
      const receiver: Receiver = { serve: (message) => finish([message]), end: () => finish([]) };
      this.#enter(channels, receiver);
      signal.addEventListener('abort', receiver.end);
    });
  }

  #enter(channels: readonly string[], receiver: Receiver): void {
    for (const channel of channels) this.#mailboxes.of(channel).enter(receiver);
  }

  #leave(channels: readonly string[], receiver: Receiver): void {
    for (const channel of channels) {
      const mailbox = this.#mailboxes.find(channel);
      mailbox?.leave(receiver);
      if (mailbox) this.#mailboxes.release(mailbox);
    }
  }

  #yieldTurn(channels: readonly string[], receiver: Receiver): void {
    for (const channel of channels) this.#mailboxes.find(channel)?.yieldTurn(receiver);
  }

  #clear(): void {
    this.#fanOut.clear();
    this.#evictions.clear();
    this.#groups.clear();
    this.#dropped.closed += this.#mailboxes.clear();
  }

  #unused(name: string): MemoryMailbox {
    return new MemoryMailbox(name, { capacity: 0, expiryMs: 0, onExpired: () => undefined });
  }

  #assertReceivable(channels: readonly string[]): void {
    this.#assertOpen();
    for (const channel of channels) assertReceivableName(channel);
  }

  #assertOpen(): void {
    if (this.#state === 'closed') throw new LayerUnavailable('The memory layer is closed.');
  }
}
