import { delay, type Timer } from '@nest-channels/core';
import { ChannelLoop, type Claim, type ClaimOutcome } from './channel-loop.js';
import type { Arrived, Inbox, Place } from './inbox.js';
import type { Inboxes } from './inboxes.js';
import { writeListEntry } from './list-entry.js';
import { MailboxLoop, type Notice } from './mailbox-loop.js';
import { RedisLink } from './redis-link.js';
import type { RedisShard } from './redis-shard.js';
import { SCRIPTS } from './scripts.js';

/** Is how long a waiting connection may be silent; its waits last two seconds. */
const SILENCE_MS = 5_000;

/** Is how long what was handed over may stay in Redis, and how large a share of the capacity. */
const TRIM_DELAY_MS = 20;
const TRIMMED_SHARE = 16;

/** Is how few messages of a mailbox wait here when reading goes on. */
const HELD_AGAIN = 500;

/** Is what is to be taken out of a mailbox, and how many messages that are. */
interface Trim extends Place {
  readonly count: number;
}

/** Is what the readers of all shards share. */
export interface ShardReaderOptions {
  readonly inboxes: Inboxes;
  /** Says whether a channel lives on the shard that is read. */
  readonly isHere: (name: string) => boolean;
  /** Is told of an entry that is no message. */
  readonly onMalformed: (name: string) => void;
}

/** Reads one shard for its process: two loops, which fill the inboxes. */
export class ShardReader {
  readonly #mailboxLink: RedisLink;
  /** Is how Redis knows that this process lives. */
  readonly #presenceLink: RedisLink;
  readonly #mailboxes: MailboxLoop;
  readonly #channels: ChannelLoop;
  readonly #trims = new Map<string, Trim>();
  #trimTimer?: Timer;
  #isTrimDue = false;
  #loops: Promise<unknown> = Promise.resolve();
  readonly #wakes = new Set<string>();

  constructor(
    private readonly shard: RedisShard,
    private readonly options: ShardReaderOptions,
  ) {
    this.#mailboxLink = this.#link(() => this.#mailboxes.resumed());
    this.#presenceLink = this.#link(() => void this.#bePresent());
    this.#mailboxes = this.#mailboxLoop();
    this.#channels = this.#channelLoop();
  }

  open(): void {
    this.#mailboxLink.open();
    this.#presenceLink.open();
    const channels = this.#channels.run().finally(() => this.#mailboxes.close());
    this.#loops = Promise.all([this.#mailboxes.run(), channels]);
  }

  /** Has to be told that somebody wants more of a channel. */
  want({ name, isMailbox }: Inbox): void {
    if (!isMailbox) return this.#channels.want(name);
    if (this.#mailboxes.read(name)) void this.#own(name);
  }

  /** Takes what is in the first of these normal channels that has something, without waiting. */
  take(names: readonly string[], max: number): Promise<readonly Arrived[]> {
    return this.#channels.take(names, max);
  }

  /** Puts messages back to the head of their channel. */
  giveBack(name: string, messages: readonly Arrived[]): Promise<void> {
    return this.#channels.giveBack(name, messages);
  }

  /** Has to be told what was handed over of a mailbox; Redis is told soon, or at once if it matters. */
  trim(name: string, place: Place): void {
    const { count = 0, number = 0 } = this.#trims.get(name) ?? {};
    const trim = { ...place, number: Math.max(place.number, number), count: count + 1 };
    this.#trims.set(name, trim);
    const { capacities, clock } = this.shard.session;
    if (trim.count * TRIMMED_SHARE >= capacities.of(name)) this.#trimNow();
    this.#trimTimer ??= clock.setTimer(() => void this.#sendTrims(), TRIM_DELAY_MS, {
      inBackground: true,
    });
    if (this.#held(name) < HELD_AGAIN) this.#mailboxes.drained();
  }

  /** Has to be told when Redis may know nothing of this process any more. */
  forget(): void {
    this.#channels.forget();
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#channels.close();
    const patience = new AbortController();
    const { clock, limits } = this.shard.session;
    await Promise.race([this.#loops, delay(clock, limits.timeoutMs, patience.signal)]);
    patience.abort();
    await this.#sendTrims();
    this.#mailboxLink.close();
    this.#presenceLink.close();
    await this.#loops;
  }

  #held(name: string): number {
    return this.options.inboxes.find(name)?.size ?? 0;
  }

  /** What cannot be asked now is asked when the first group message comes. */
  async #own(prefix: string): Promise<void> {
    const { connection, groups } = this.shard;
    try {
      await connection.ready();
      await groups.own(prefix);
    } catch {
      groups.keep(prefix);
    }
  }

  #trimNow(): void {
    if (this.#isTrimDue) return;
    this.#isTrimDue = true;
    setImmediate(() => void this.#sendTrims());
  }

  /** Takes out of Redis what was handed over. What fails is done with the next, or expires. */
  async #sendTrims(): Promise<void> {
    this.#trimTimer?.cancel();
    this.#trimTimer = undefined;
    this.#isTrimDue = false;
    const trims = Array.from(this.#trims);
    this.#trims.clear();
    if (trims.length === 0) return;
    const args = trims.flatMap(([name, { keepFrom, number }]) => [name, keepFrom, number]);
    await this.shard.run(SCRIPTS.trim, ...args).catch(() => undefined);
  }

  async #giveBack(name: string, messages: readonly Arrived[]): Promise<void> {
    const entries = messages.toReversed().map(writeListEntry);
    const { processId, keyLifetimeMs } = this.shard.session;
    try {
      await this.shard.run(SCRIPTS.giveBack, name, processId, keyLifetimeMs, ...entries);
    } catch {
      // It may be there again or not: putting it back once more could double it.
      this.shard.session.countLost(name, messages.length);
    }
  }

  async #noticed(notice: Notice): Promise<void> {
    if (notice.kind === 'join') return this.shard.groups.learn(notice.prefix, notice.group);
    if (notice.by !== this.shard.session.processId) this.shard.wasReset();
  }

  #skipped(name: string, place: Place, why: 'malformed' | 'deserted'): void {
    this.trim(name, place);
    if (why === 'malformed') return this.options.onMalformed(name);
    this.shard.session.countLost(name, 1);
  }

  /** Ends the waits of a loop, once for all that is asked in one turn. */
  #wake(key: string, ...command: readonly string[]): void {
    const { connection, session } = this.shard;
    if (this.#wakes.has(key) || !connection.link.isReady) return;
    this.#wakes.add(key);
    queueMicrotask(() => {
      this.#wakes.delete(key);
      const { link } = connection;
      const [name, ...args] = command;
      const lifetime = link.call('PEXPIRE', key, session.limits.leaseMs);
      void Promise.allSettled([link.call(name, key, ...args), lifetime]);
    });
  }

  #link(onConnected: () => void): RedisLink {
    const { place, session } = this.shard;
    const { clock, limits } = session;
    const { address } = place;
    const { timeoutMs } = limits;
    const onForeignKey = (): void => this.shard.mend();
    const times = { clock, timeoutMs, silenceMs: SILENCE_MS };
    const link = new RedisLink({ address, ...times, onConnected, onForeignKey });
    this.shard.links.add(link);
    return link;
  }

  #mailboxLoop(): MailboxLoop {
    const { keys, groups, session } = this.shard;
    const { clock, processId } = session;
    const key = keys.process(processId);
    return new MailboxLoop({
      link: this.#mailboxLink,
      keys,
      clock,
      processId,
      held: (name) => this.#held(name),
      deliver: (name, messages) => void this.options.inboxes.deliver(name, messages),
      membersAt: (...what) => groups.membersAt(...what),
      onNotice: (notice) => this.#noticed(notice),
      onHanded: (id, fields) => this.#channels.came(id, fields),
      wake: () => this.#wake(key, 'XADD', 'MAXLEN', '~', '1000', '*', 'wake', ''),
      onSkipped: (name, place, why) => this.#skipped(name, place, why),
    });
  }

  #channelLoop(): ChannelLoop {
    const { inboxes, isHere, onMalformed } = this.options;
    const { clock, limits } = this.shard.session;
    return new ChannelLoop({
      clock,
      leaseMs: readingLeaseMs(limits.leaseMs),
      claim: (claim) => this.#claim(claim),
      wanted: () => inboxes.wanted().filter(({ name }) => isHere(name)),
      deliver: (name, messages) => inboxes.deliver(name, messages),
      withdraw: (name) => inboxes.withdraw(name),
      giveBack: (name, messages) => this.#giveBack(name, messages),
      onMalformed,
      // Nothing else is said on that connection, and it could be dead.
      onSilence: () => void this.#presenceLink.call('ping').catch(() => undefined),
    });
  }

  async #claim({ number, previous, mode, count, joins, names, keepFrom }: Claim) {
    const { processId, limits, keyLifetimeMs } = this.shard.session;
    const who = [processId, number, previous || '', mode, keepFrom, count] as const;
    const times = [readingLeaseMs(limits.leaseMs), keyLifetimeMs] as const;
    const args = [...who, ...times, joins ? 'join' : '', ...names];
    return String(await this.shard.run(SCRIPTS.claim, ...args)) as ClaimOutcome;
  }

  /** What came to a list before Redis knew of this process is asked for then. */
  async #bePresent(): Promise<void> {
    const { keys, session } = this.shard;
    try {
      // ioredis knows a subscription by its name in small letters.
      await this.#presenceLink.call('subscribe', keys.process(session.processId));
      this.#channels.forget();
    } catch {
      // The connection is gone again, and this is done when it is back.
    }
  }
}

/** Is how long Redis remembers what a process reads; that one says so every two seconds at least. */
function readingLeaseMs(leaseMs: number): number {
  return Math.max(leaseMs, 2 * SILENCE_MS);
}
