import { type Clock, delay, type Timer } from '@nest-channels/core';
import { type Handed, readHanded } from './handed.js';
import type { Arrived, Inbox } from './inbox.js';

/** Is how long a wait is trusted that nothing came of; then Redis is asked again. */
const WAIT_MS = 2_000;

/** Is the most that is asked for at once. */
const BATCH = 128;

/** Is how long the loop rests when Redis cannot be asked. */
const REST_MS = 50;

/**
 * Is how long what nobody waits for stays here: who had just got something else comes back, and
 * would never get the messages of a server that is always a little later than another.
 */
const HOLD_MS = 10;

/** Is how often Redis is told anew which channels are read, within the lease. */
const RENEWALS_PER_LEASE = 3;

/** Is what a request for messages asks for. */
export interface Claim {
  /** Tells its messages from others that are on their way. */
  readonly number: number;
  /** Is an earlier claim that may still wait, 0 if there is none. */
  readonly previous: number;
  readonly mode: 'wait' | 'look';
  /** Is the first entry that is still needed of what was handed over. */
  readonly keepFrom: string;
  readonly count: number;
  /** Says that Redis has to be told that these channels are read. */
  readonly joins: boolean;
  readonly names: readonly string[];
}

/**
 * Is what became of a claim: messages are on their way; or those of the previous one are; or it
 * waits; or there is nothing.
 */
export type ClaimOutcome = 'handed' | 'served' | 'waiting' | 'nothing';

/** Is what the loop needs of the layer. */
export interface ChannelLoopOptions {
  readonly clock: Clock;
  /** Is how long Redis remembers which channels this process reads. */
  readonly leaseMs: number;
  readonly claim: (claim: Claim) => Promise<ClaimOutcome>;
  /** Lists the channels that somebody waits for. */
  readonly wanted: () => readonly Inbox[];
  /** Hands over what came and keeps what nobody waits for; tells how many that are. */
  readonly deliver: (name: string, messages: readonly Arrived[]) => number;
  /** Returns what nobody has come for since. */
  readonly withdraw: (name: string) => readonly Arrived[];
  /** Puts messages back to the head of their channel. */
  readonly giveBack: (name: string, messages: readonly Arrived[]) => Promise<void>;
  /** Is told of an entry that is no message. */
  readonly onMalformed: (name: string) => void;
  /** Is told that nothing came for a while. */
  readonly onSilence: () => void;
}

/** Is a look into channels without waiting. */
interface Look {
  readonly names: readonly string[];
  readonly max: number;
  readonly resolve: (messages: readonly Arrived[]) => void;
}

/**
 * Asks Redis for messages of normal channels, one request at a time for all names of the process.
 *
 * What Redis hands over comes through a stream of the process, which is read without taking anything
 * out: a connection that breaks meanwhile loses nothing. The next request says what has come.
 */
export class ChannelLoop {
  readonly #looks: Look[] = [];
  /** Is the look that Redis was asked for, and the number of its claim. */
  #look?: { readonly claim: number; readonly resolve: Look['resolve'] };
  #claims = 0;
  /** Is the claim that waits in Redis or whose messages are on their way, and the last that came. */
  #pending = 0;
  #came = 0;
  #keepFrom = '';
  readonly #joined = new Set<string>();
  #joinedAt = -Infinity;
  #waitsFor: ReadonlySet<string> = new Set();
  /** Is the channel that the last messages were of. */
  #served?: string;
  #isWoken = false;
  #wake: () => void = () => (this.#isWoken = true);
  /** Are channels of which messages are here that nobody waits for. */
  readonly #held = new Map<string, Timer>();
  /** Are messages on their way back to their channels. */
  readonly #returns = new Set<Promise<void>>();
  #state: 'running' | 'closing' = 'running';

  constructor(private readonly options: ChannelLoopOptions) {}

  /** Makes sure that a channel is waited for. */
  want(name: string): void {
    if (!this.#waitsFor.has(name)) this.#wake();
  }

  /** Resolves when it has ended. */
  async run(): Promise<void> {
    while (this.#state === 'running') await this.#safely(() => this.#next());
    for (const { resolve } of this.#looks.splice(0)) resolve([]);
    await this.#safely(() => this.#stopWaiting());
    for (const name of this.#held.keys()) this.#letGo(name);
    await Promise.all(this.#returns);
  }

  /** Ends the loop; what was on its way is given back first. */
  close(): void {
    this.#state = 'closing';
    this.#wake();
  }

  /** Has to be told when Redis may know nothing of this process any more. */
  forget(): void {
    this.#pending = 0;
    this.#joined.clear();
    this.#wake();
  }

  /**
   * Takes what is there now, from the first of these channels that has something.
   *
   * It waits for its turn: beside a wait that just got something it would overtake that.
   */
  take(names: readonly string[], max: number): Promise<readonly Arrived[]> {
    if (this.#state === 'closing') return Promise.resolve([]);
    return new Promise((resolve) => {
      this.#looks.push({ names, max, resolve });
      this.#wake();
    });
  }

  /** Takes in what was handed to this process. */
  came(id: string, fields: readonly Buffer[]): void {
    const handed = readHanded(id, fields);
    if (!handed) return;
    this.#keepFrom = handed.keepFrom;
    this.#came = Math.max(this.#came, handed.claim);
    for (let count = 0; count < handed.malformed; count++) this.options.onMalformed(handed.name);
    this.#served = handed.name;
    if (this.#deliver(handed) > 0) this.#hold(handed.name);
    this.#wake();
  }

  /** Puts messages back, and is known to read their channel no more. */
  async giveBack(name: string, messages: readonly Arrived[]): Promise<void> {
    const returned = this.#giveBack(name, messages);
    this.#returns.add(returned);
    await returned.finally(() => this.#returns.delete(returned));
  }

  async #giveBack(name: string, messages: readonly Arrived[]): Promise<void> {
    this.#joined.delete(name);
    await this.options.giveBack(name, messages);
    // It may have joined again while they were on their way.
    this.#joined.delete(name);
    if (this.#waitsFor.has(name)) this.#wake();
  }

  #deliver({ claim, name, messages }: Handed): number {
    if (this.#look?.claim !== claim) return this.options.deliver(name, messages);
    this.#look.resolve(messages);
    this.#look = undefined;
    return 0;
  }

  #hold(name: string): void {
    if (this.#state === 'closing') return this.#letGo(name);
    if (this.#held.has(name)) return;
    this.#held.set(
      name,
      this.options.clock.setTimer(() => this.#letGo(name), HOLD_MS),
    );
  }

  #letGo(name: string): void {
    this.#held.get(name)?.cancel();
    this.#held.delete(name);
    const left = this.options.withdraw(name);
    if (left.length > 0) void this.giveBack(name, left);
  }

  async #safely(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch {
      // What was asked may have been done or not: nothing is known of it any more.
      this.forget();
      await delay(this.options.clock, REST_MS);
    }
  }

  async #next(): Promise<void> {
    this.#isWoken = false;
    const look = this.#looks.shift();
    if (look) return this.#lookInto(look);
    const inboxes = this.#rotated(this.options.wanted());
    if (inboxes.length === 0) return this.#restUnwanted();
    const names = inboxes.map(({ name }) => name);
    const count = Math.max(1, Math.min(BATCH, ...inboxes.map(({ demand }) => demand)));
    this.#waitsFor = new Set(names);
    const outcome = await this.#claim('wait', names, count);
    await this.#rest(outcome);
    this.#waitsFor = new Set();
    // What a handler answers at once goes first: somebody waits for that.
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #restUnwanted(): Promise<void> {
    if (this.#isPending) await this.#stopWaiting();
    else await this.#woken(Infinity);
  }

  /** Takes back what may wait in Redis, or waits for what was handed over meanwhile. */
  async #stopWaiting(): Promise<void> {
    if (!this.#isPending) return;
    const outcome = await this.#claim('look', [], 1);
    if (outcome === 'served') await this.#untilItCame(outcome);
  }

  async #lookInto({ names, max, resolve }: Look): Promise<void> {
    try {
      let outcome: ClaimOutcome;
      do {
        this.#look = { claim: this.#claims + 1, resolve };
        outcome = await this.#claim('look', names, max);
        if (outcome !== 'nothing') await this.#untilItCame(outcome);
      } while (outcome === 'served');
    } finally {
      this.#look?.resolve([]);
      this.#look = undefined;
    }
  }

  get #isPending(): boolean {
    return this.#pending > this.#came;
  }

  async #claim(
    mode: Claim['mode'],
    names: readonly string[],
    count: number,
  ): Promise<ClaimOutcome> {
    // What came later must not overtake what is here.
    for (const name of names) if (this.#held.has(name)) this.#letGo(name);
    const number = ++this.#claims;
    const previous = this.#isPending ? this.#pending : 0;
    const joins = mode === 'wait' && this.#joins(names);
    const claim = { number, previous, mode, count, joins, names, keepFrom: this.#keepFrom };
    const outcome = await this.options.claim(claim);
    if (outcome !== 'served') this.#pending = outcome === 'nothing' ? 0 : number;
    return outcome;
  }

  /** Says whether Redis does not know, or might forget soon, that these are read. */
  #joins(names: readonly string[]): boolean {
    const { clock, leaseMs } = this.options;
    const isDue = clock.now() - this.#joinedAt > leaseMs / RENEWALS_PER_LEASE;
    if (!isDue && names.every((name) => this.#joined.has(name))) return false;
    if (isDue) this.#joined.clear();
    for (const name of names) this.#joined.add(name);
    this.#joinedAt = clock.now();
    return true;
  }

  async #untilItCame(outcome: ClaimOutcome): Promise<void> {
    while (this.#isPending) await this.#rest(outcome);
  }

  /** Rests until something happens; what was on its way and does not come is given up. */
  async #rest(outcome: ClaimOutcome): Promise<void> {
    if (!this.#isPending || (await this.#woken(WAIT_MS))) return;
    this.options.onSilence();
    if (outcome !== 'waiting') this.#pending = 0;
  }

  /** Says whether it was woken within this time. */
  #woken(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (isWoken: boolean): void => {
        timer?.cancel();
        this.#isWoken = false;
        this.#wake = () => (this.#isWoken = true);
        resolve(isWoken);
      };
      const timer =
        ms === Infinity ? undefined : this.options.clock.setTimer(() => finish(false), ms);
      this.#wake = () => finish(true);
      if (this.#isWoken) finish(true);
    });
  }

  /** Redis takes from the first channel that has something: that comes last which had its turn. */
  #rotated(inboxes: readonly Inbox[]): Inbox[] {
    const start = inboxes.findIndex(({ name }) => name === this.#served) + 1;
    return [...inboxes.slice(start), ...inboxes.slice(0, start)];
  }
}
