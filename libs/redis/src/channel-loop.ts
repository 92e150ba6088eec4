import { delay, type Clock } from '@nest-channels/core';
import type { Arrived, Inbox } from './inbox.js';
import type { Keys } from './keys.js';
import type { Argument, RedisLink } from './redis-link.js';

/** Is how long one wait lasts; a name that is wanted meanwhile ends it. */
const WAIT_SECONDS = 2;

/** Is the most that is taken out of Redis at once: it is lost if the connection breaks then. */
const BATCH = 32;

/** Is how long the loop rests when Redis cannot be asked. */
const REST_MS = 50;

/** Is what the loop needs of the layer. */
export interface ChannelLoopOptions {
  /** Is the connection that waits. */
  readonly link: RedisLink;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly processId: string;
  /** Lists the channels that somebody waits for. */
  readonly wanted: () => readonly Inbox[];
  /** Hands over what came and returns what nobody waits for any more. */
  readonly deliver: (name: string, messages: readonly Arrived[]) => readonly Arrived[];
  /** Puts messages back to the head of their channel. */
  readonly giveBack: (name: string, messages: readonly Arrived[]) => Promise<void>;
  /** Ends the present wait. */
  readonly wake: () => void;
  /** Is told of an entry that is no message. */
  readonly onMalformed: (name: string) => void;
}

/** Is a look into channels without waiting. */
interface Look {
  readonly names: readonly string[];
  readonly max: number;
  readonly resolve: (messages: Arrived[]) => void;
}

/** Waits in Redis for messages of normal channels, one wait for all names of the process. */
export class ChannelLoop {
  #waitsFor: ReadonlySet<string> = new Set();
  readonly #looks: Look[] = [];
  #turn = 0;
  #state: 'running' | 'closing' = 'running';

  constructor(private readonly options: ChannelLoopOptions) {}

  /** Makes sure that a channel is waited for. */
  want(name: string): void {
    if (!this.#waitsFor.has(name)) this.options.wake();
  }

  /** Resolves when it has ended. */
  async run(): Promise<void> {
    while (this.#state === 'running') {
      try {
        await this.#next();
      } catch {
        await delay(this.options.clock, REST_MS);
      }
    }
    for (const { resolve } of this.#looks.splice(0)) resolve([]);
  }

  /** Ends the loop when its present wait is over. */
  close(): void {
    this.#state = 'closing';
    this.options.wake();
  }

  async #next(): Promise<void> {
    for (let look = this.#looks.shift(); look; look = this.#looks.shift()) await this.#look(look);
    const { keys, link, processId } = this.options;
    const inboxes = this.#rotated(this.options.wanted());
    const names = inboxes.map(({ name }) => name);
    const count = Math.max(1, Math.min(BATCH, ...inboxes.map(({ demand }) => demand)));
    const waitedFor = [keys.wake(processId), ...names.map((name) => keys.queue(name))];
    this.#waitsFor = new Set(names);
    const reply = await link.wait('BLMPOP', ...blmpop(waitedFor, count));
    this.#waitsFor = new Set();
    if (reply) await this.#came(reply as [Buffer, Buffer[]]);
  }

  /**
   * Takes what is there now, from the first of these channels that has something.
   *
   * It waits for its turn: beside a wait that just got something it would overtake that.
   */
  take(names: readonly string[], max: number): Promise<Arrived[]> {
    if (this.#state === 'closing') return Promise.resolve([]);
    return new Promise((resolve) => {
      this.#looks.push({ names, max, resolve });
      this.options.wake();
    });
  }

  async #look({ names, max, resolve }: Look): Promise<void> {
    const { keys, link } = this.options;
    const queues = names.map((name) => keys.queue(name));
    let messages: Arrived[] = [];
    try {
      const reply = await link.call('LMPOP', queues.length, ...queues, 'LEFT', 'COUNT', max);
      const [key, entries] = (reply ?? ['', []]) as [Buffer | string, Buffer[]];
      messages = this.#read(String(key).slice(keys.queue('').length), entries);
    } finally {
      resolve(messages);
    }
  }

  async #came([key, entries]: [key: Buffer, entries: Buffer[]]): Promise<void> {
    const { deliver, giveBack, keys } = this.options;
    const queue = keys.queue('');
    if (!String(key).startsWith(queue)) return;
    const name = String(key).slice(queue.length);
    const left = deliver(name, this.#read(name, entries));
    if (left.length > 0) await giveBack(name, left);
  }

  #read(name: string, entries: readonly Buffer[]): Arrived[] {
    const whole = entries.filter((entry) => entry.length > TIME_BYTES);
    for (let count = whole.length; count < entries.length; count++) this.options.onMalformed(name);
    return whole.map((entry) => readEntry(name, entry));
  }

  /** Redis takes from the first channel that has something: each is the first at times. */
  #rotated(inboxes: readonly Inbox[]): Inbox[] {
    const start = inboxes.length > 0 ? this.#turn++ % inboxes.length : 0;
    return [...inboxes.slice(start), ...inboxes.slice(0, start)];
  }
}

const TIME_BYTES = 8;

/** Reads an entry of a list: when it was sent, and its body. */
export function readEntry(name: string, entry: Buffer): Arrived {
  return {
    channels: [name],
    sentAt: entry.readDoubleBE(0),
    body: entry.subarray(TIME_BYTES),
  };
}

/** Writes an entry of a list. */
export function writeEntry({ sentAt, body }: Arrived): Buffer {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeDoubleBE(sentAt);
  return Buffer.concat([time, body]);
}

function blmpop(keys: readonly string[], count: number): Argument[] {
  return [WAIT_SECONDS, keys.length, ...keys, 'LEFT', 'COUNT', count];
}
