import { delay, type Received, type ReceiveOptions, type Timer } from '@nest-channels/core';
import { ChannelLoop, type Claim, type ClaimOutcome } from './channel-loop.js';
import { type Arrived, Inbox, type Place, type Receiver } from './inbox.js';
import { Inboxes } from './inboxes.js';
import { writeListEntry } from './list-entry.js';
import { MailboxLoop, type Notice } from './mailbox-loop.js';
import type { RedisGroups } from './redis-groups.js';
import { RedisLink } from './redis-link.js';
import type { RedisSession } from './redis-session.js';
import type { SubscriptionSource } from './redis-subscription.js';
import { SCRIPTS } from './scripts.js';

/** Is how long a waiting connection may be silent; its waits last two seconds. */
const SILENCE_MS = 5_000;

/** Is how often a receive that a mailbox could serve looks at its normal channels first. */
const LOOK_ELSEWHERE = 4;

/** Is how long what was handed over may stay in Redis, and how large a share of the capacity. */
const TRIM_DELAY_MS = 20;
const TRIMMED_SHARE = 16;

/** Is how few messages of a mailbox wait here when reading goes on. */
const HELD_AGAIN = 500;

/** Is what is to be taken out of a mailbox, and how many messages that are. */
interface Trim extends Place {
  readonly count: number;
}

/** Is the receiving half of a layer: two loops that read, and inboxes that hand over. */
export class RedisReception {
  readonly #inboxes: Inboxes;
  readonly #mailboxLink: RedisLink;
  /** Is how Redis knows that this process lives. */
  readonly #presenceLink: RedisLink;
  readonly #mailboxes: MailboxLoop;
  readonly #channels: ChannelLoop;
  readonly #trims = new Map<string, Trim>();
  #trimTimer?: Timer;
  #isTrimDue = false;
  readonly #expiring = new Set<string>();
  #loops: Promise<unknown> = Promise.resolve();
  readonly #wakes = new Set<string>();
  #turn = 0;
  #state: 'open' | 'closed' = 'open';
  malformedMessages = 0;

  constructor(
    private readonly session: RedisSession,
    private readonly groups: RedisGroups,
  ) {
    this.#inboxes = new Inboxes({
      open: (inbox, arrived) => this.#open(inbox, arrived),
      onDemand: (inbox) => this.#wanted(inbox),
      onTaken: (inbox, { place }) => place && this.#trim(inbox.name, place),
    });
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
    this.#channels.forget();
  }

  /** Ends every receive; resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#state = 'closed';
    const waiting = Array.from(this.#inboxes.all()).flatMap(({ receivers }) => [...receivers]);
    for (const receiver of waiting) receiver.end();
    this.#channels.close();
    const patience = new AbortController();
    const { clock, limits } = this.session;
    await Promise.race([this.#loops, delay(clock, limits.timeoutMs, patience.signal)]);
    patience.abort();
    await this.#sendTrims();
    this.#mailboxLink.close();
    this.#presenceLink.close();
    await this.#loops;
  }

  #open(inbox: Inbox, arrived: Arrived): Received | undefined {
    const { name } = inbox;
    if (this.session.isOver(arrived.sentAt)) {
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

  /** An unread message is a sign that nobody listens: its channels leave their groups. */
  #expire(inbox: Inbox): void {
    if (inbox.isMailbox) return void this.#expireMailbox(inbox.name);
    this.session.countExpired(inbox.name, 1);
    // If Redis cannot be asked now, the next message that expires does it.
    this.groups.leaveAll(inbox.name).catch(() => undefined);
  }

  /** Redis drops what is over itself, so that nobody else counts it too. */
  async #expireMailbox(name: string): Promise<void> {
    if (this.#expiring.has(name)) return;
    this.#expiring.add(name);
    try {
      const reply = await this.session.run(SCRIPTS.expire, name, this.session.limits.expiryMs);
      this.session.countExpired(name, (reply as number[])[1]);
    } catch {
      // It is tried again when the next one is found.
    } finally {
      this.#expiring.delete(name);
    }
  }

  /** Says that it is time to look into normal channels before a mailbox that has enough. */
  #looksElsewhere(names: readonly string[]): boolean {
    const hasWaiting = names.some((name) => (this.#inboxes.find(name)?.size ?? 0) > 0);
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
    const arrived = await this.#channels.take(normal, max);
    if (signal.aborted && arrived.length > 0) {
      await this.#channels.giveBack(arrived[0].channels[0], arrived);
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

  #wanted({ name, isMailbox }: Inbox): void {
    if (!isMailbox) return this.#channels.want(name);
    if (this.#mailboxes.read(name)) void this.#own(name);
  }

  /** What cannot be asked now is asked when the first group message comes. */
  async #own(prefix: string): Promise<void> {
    try {
      await this.session.connection.ready();
      await this.groups.own(prefix);
    } catch {
      this.groups.keep(prefix);
    }
  }

  /** Takes note of what was handed over; Redis is told soon, or at once where it may matter. */
  #trim(name: string, place: Place): void {
    const { count = 0, number = 0 } = this.#trims.get(name) ?? {};
    const trim = { ...place, number: Math.max(place.number, number), count: count + 1 };
    this.#trims.set(name, trim);
    const { capacities, clock } = this.session;
    if (trim.count * TRIMMED_SHARE >= capacities.of(name)) this.#trimNow();
    this.#trimTimer ??= clock.setTimer(() => void this.#sendTrims(), TRIM_DELAY_MS, {
      inBackground: true,
    });
    if ((this.#inboxes.find(name)?.size ?? 0) < HELD_AGAIN) this.#mailboxes.drained();
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
    await this.session.run(SCRIPTS.trim, ...args).catch(() => undefined);
  }

  async #giveBack(name: string, messages: readonly Arrived[]): Promise<void> {
    const entries = messages.toReversed().map(writeListEntry);
    const { processId, keyLifetimeMs } = this.session;
    try {
      await this.session.run(SCRIPTS.giveBack, name, processId, keyLifetimeMs, ...entries);
    } catch {
      // It may be there again or not: putting it back once more could double it.
      this.session.countLost(name, messages.length);
    }
  }

  async #noticed(notice: Notice): Promise<void> {
    if (notice.kind === 'join') return this.groups.learn(notice.prefix, notice.group);
    if (notice.by !== this.session.processId) this.session.wasReset();
  }

  #skipped(name: string, place: Place, why: 'malformed' | 'deserted'): void {
    this.#trim(name, place);
    if (why === 'malformed') return this.#skip(name);
    this.session.countLost(name, 1);
  }

  /** Ends the waits of a loop, once for all that is asked in one turn. */
  #wake(key: string, ...command: readonly string[]): void {
    if (this.#wakes.has(key) || !this.session.connection.link.isReady) return;
    this.#wakes.add(key);
    queueMicrotask(() => {
      this.#wakes.delete(key);
      const { link } = this.session.connection;
      const [name, ...args] = command;
      const lifetime = link.call('PEXPIRE', key, this.session.limits.leaseMs);
      void Promise.allSettled([link.call(name, key, ...args), lifetime]);
    });
  }

  #link(onConnected: () => void): RedisLink {
    const { clock, limits, address } = this.session;
    const { timeoutMs } = limits;
    return new RedisLink({ address, clock, timeoutMs, silenceMs: SILENCE_MS, onConnected });
  }

  #mailboxLoop(): MailboxLoop {
    const { keys, clock, processId } = this.session;
    const key = keys.process(processId);
    return new MailboxLoop({
      link: this.#mailboxLink,
      keys,
      clock,
      processId,
      held: (name) => this.#inboxes.find(name)?.size ?? 0,
      deliver: (name, messages) => void this.#inboxes.deliver(name, messages),
      membersAt: (...what) => this.groups.membersAt(...what),
      onNotice: (notice) => this.#noticed(notice),
      onHanded: (id, fields) => void this.#channels.came(id, fields),
      wake: () => this.#wake(key, 'XADD', 'MAXLEN', '~', '1000', '*', 'wake', ''),
      onSkipped: (name, place, why) => this.#skipped(name, place, why),
    });
  }

  #channelLoop(): ChannelLoop {
    const { clock, limits } = this.session;
    return new ChannelLoop({
      clock,
      leaseMs: readingLeaseMs(limits.leaseMs),
      claim: (claim) => this.#claim(claim),
      wanted: () => this.#inboxes.wanted(),
      deliver: (name, messages) => this.#inboxes.deliver(name, messages),
      giveBack: (name, messages) => this.#giveBack(name, messages),
      onMalformed: (name) => this.#skip(name),
      // Nothing else is said on that connection, and it could be dead.
      onSilence: () => void this.#presenceLink.call('ping').catch(() => undefined),
    });
  }

  async #claim({ number, previous, mode, count, joins, names, keepFrom }: Claim) {
    const { processId, limits, keyLifetimeMs } = this.session;
    const who = [processId, number, previous || '', mode, keepFrom, count] as const;
    const times = [readingLeaseMs(limits.leaseMs), keyLifetimeMs] as const;
    const args = [...who, ...times, joins ? 'join' : '', ...names];
    return String(await this.session.run(SCRIPTS.claim, ...args)) as ClaimOutcome;
  }

  /** What came to a list before Redis knew of this process is asked for then. */
  async #bePresent(): Promise<void> {
    const { keys, processId } = this.session;
    try {
      // ioredis knows a subscription by its name in small letters.
      await this.#presenceLink.call('subscribe', keys.process(processId));
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

/** Redis takes from the first channel that has something: each is the first at times. */
function rotated(names: readonly string[], turn: number): string[] {
  const start = Math.floor(turn / LOOK_ELSEWHERE) % names.length;
  return [...names.slice(start), ...names.slice(0, start)];
}
