import type { Received, ReceiveOptions } from '@nest-channels/core';
import { type Arrived, Inbox, type Place, type Receiver } from './inbox.js';
import { Inboxes } from './inboxes.js';
import type { RedisSession } from './redis-session.js';
import type { SubscriptionSource } from './redis-subscription.js';
import { SCRIPTS } from './scripts.js';
import { ShardReader } from './shard-reader.js';
import type { RedisShard } from './redis-shard.js';
import type { Shards } from './shards.js';

/** Is how often a receive that a mailbox could serve looks at its normal channels first. */
const LOOK_ELSEWHERE = 4;

/** Is the receiving half of a layer: readers of all shards, and inboxes that hand over. */
export class RedisReception {
  readonly #inboxes: Inboxes;
  readonly #readers: ReadonlyMap<RedisShard, ShardReader>;
  /** Are mailboxes that Redis is dropping from what is over. */
  readonly #expiring = new Map<string, Promise<void>>();
  /** Is since when each mailbox is read here, by the clock of Redis. */
  readonly #readSince = new Map<string, number>();
  #turn = 0;
  #state: 'open' | 'closed' = 'open';
  malformedMessages = 0;

  constructor(
    private readonly session: RedisSession,
    private readonly shards: Shards,
  ) {
    this.#inboxes = new Inboxes({
      open: (inbox, arrived) => this.#open(inbox, arrived),
      onDemand: (inbox) => this.#want(inbox),
      onTaken: ({ name }, { place }) => place && void this.#trim(name, place),
    });
    this.#readers = new Map(shards.all.map((shard) => [shard, this.#read(shard)]));
  }

  open(): void {
    for (const reader of this.#readers.values()) reader.open();
  }

  /** Returns what is there, or what comes first. */
  async receive(names: readonly string[], options: ReceiveOptions): Promise<Received[]> {
    const { signal, max = 1 } = options;
    if (signal.aborted || this.#state === 'closed') return [];
    const wants = Math.max(1, max);
    if (this.#looksElsewhere(names)) {
      const elsewhere = await this.#takeFromRedis(names, wants, signal);
      if (elsewhere.length > 0 || signal.aborted) return elsewhere;
    }
    const messages = this.#inboxes.take(names, wants);
    return messages.length > 0 ? messages : this.#wait(names, wants, signal);
  }

  /** Returns what a subscription to these names needs. */
  sourceOf(names: readonly string[]): SubscriptionSource {
    return {
      shift: (inbox) => this.#inboxes.shift(inbox),
      enter: (receiver) => this.#inboxes.enter(names, receiver),
      leave: (receiver) => this.#inboxes.leave(names, receiver),
      yieldTurn: (receiver) => this.#inboxes.yieldTurn(names, receiver),
    };
  }

  /** Forgets what came: it is no longer in Redis. */
  clear(): void {
    this.#inboxes.clear();
    for (const reader of this.#readers.values()) reader.forget();
  }

  /** Ends every receive; resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#state = 'closed';
    const waiting = Array.from(this.#inboxes.all()).flatMap(({ receivers }) => [...receivers]);
    for (const receiver of waiting) receiver.end();
    await Promise.all(Array.from(this.#readers.values(), (reader) => reader.close()));
  }

  #read(shard: RedisShard): ShardReader {
    return new ShardReader(shard, {
      inboxes: this.#inboxes,
      isHere: (name) => this.shards.of(name) === shard,
      onMalformed: (name) => this.#skip(name),
    });
  }

  #want(inbox: Inbox): void {
    const { name, isMailbox } = inbox;
    if (isMailbox && !this.#readSince.has(name)) {
      this.#readSince.set(name, this.shards.of(name).connection.time.now());
    }
    this.#readerOf(name).want(inbox);
  }

  #readerOf(name: string): ShardReader {
    return this.#readers.get(this.shards.of(name))!;
  }

  #open(inbox: Inbox, arrived: Arrived): Received | undefined {
    const { name } = inbox;
    if (this.shards.of(name).isOver(arrived.sentAt)) {
      this.#expire(inbox);
      return undefined;
    }
    try {
      const content = this.session.bodies.decode(arrived);
      this.session.traffic.received(name);
      return { channels: arrived.channels, content };
    } catch {
      return this.#skip(name);
    }
  }

  /** Counts an entry that is no message. */
  #skip(name: string): undefined {
    this.malformedMessages++;
    this.session.countLost(name, 1);
  }

  /**
   * An unread message is a sign that nobody listens: its channels leave their groups.
   *
   * Who read the mailbox already when it came stood still, and its channels stay.
   */
  #expire(inbox: Inbox): void {
    if (inbox.isMailbox) return this.#expireMailbox(inbox.name);
    this.session.countExpired(inbox.name, 1);
    // If Redis cannot be asked now, the next message that expires does it.
    this.shards
      .of(inbox.name)
      .groups.leaveAll(inbox.name)
      .catch(() => undefined);
  }

  /** Redis drops what is over itself, so that nobody else counts it too. */
  #expireMailbox(name: string): void {
    if (this.#expiring.has(name)) return;
    // It is tried again when the next one is found.
    const expiring = this.#dropFrom(name).catch(() => undefined);
    this.#expiring.set(
      name,
      expiring.finally(() => this.#expiring.delete(name)),
    );
  }

  async #dropFrom(name: string): Promise<void> {
    const { expiryMs } = this.session.limits;
    const since = Math.max(0, this.#readSince.get(name) ?? 0);
    const reply = await this.shards.of(name).run(SCRIPTS.expire, name, expiryMs, since);
    this.session.countExpired(name, (reply as number[])[1]);
  }

  /** What is over has to be found in Redis before it is trimmed: its channels may leave their groups. */
  async #trim(name: string, place: Place): Promise<void> {
    const expiring = this.#expiring.get(name);
    if (expiring) await expiring;
    this.#readerOf(name).trim(name, place);
  }

  /** Says that it is time to look into normal channels before a mailbox that has enough. */
  #looksElsewhere(names: readonly string[]): boolean {
    const hasWaiting = names.some(
      (name) => name.endsWith('!') && (this.#inboxes.find(name)?.size ?? 0) > 0,
    );
    const hasNormal = names.some((name) => !name.endsWith('!'));
    return hasWaiting && hasNormal && ++this.#turn % LOOK_ELSEWHERE === 0;
  }

  async #takeFromRedis(
    names: readonly string[],
    max: number,
    signal: AbortSignal,
  ): Promise<Received[]> {
    const normal = rotated(
      names.filter((name) => !name.endsWith('!')),
      this.#turn,
    );
    // What has come already was sent before what is still there.
    const here = this.#inboxes.take(normal, max);
    if (here.length > 0) return here;
    const reader = this.#readerOf(normal[0]);
    const near = normal.filter((name) => this.#readerOf(name) === reader);
    const arrived = await reader.take(near, max);
    if (signal.aborted && arrived.length > 0) {
      await reader.giveBack(arrived[0].channels[0], arrived);
      return [];
    }
    const opened = arrived.map((each) => this.#open(new Inbox(each.channels[0]), each));
    return opened.filter((message) => message !== undefined);
  }

  #wait(names: readonly string[], wants: number, signal: AbortSignal): Promise<Received[]> {
    return new Promise((resolve) => {
      const finish = (messages: Received[]): void => {
        this.#inboxes.leave(names, receiver);
        signal.removeEventListener('abort', receiver.end);
        resolve(messages);
      };
      const receiver: Receiver = {
        wants,
        serve: (inbox) => this.#serve(inbox, wants, finish),
        end: () => finish([]),
      };
      signal.addEventListener('abort', receiver.end);
      this.#inboxes.enter(names, receiver);
    });
  }

  /** Hands over one message if others wait too, else as many as are wanted. */
  #serve(inbox: Inbox, wants: number, finish: (messages: Received[]) => void): void {
    const max = inbox.receivers.size > 1 ? 1 : wants;
    const messages = this.#inboxes.take([inbox.name], max);
    if (messages.length > 0) finish(messages);
  }
}

/** Redis takes from the first channel that has something: each is the first at times. */
function rotated(names: readonly string[], turn: number): string[] {
  const start = Math.floor(turn / LOOK_ELSEWHERE) % names.length;
  return [...names.slice(start), ...names.slice(0, start)];
}
