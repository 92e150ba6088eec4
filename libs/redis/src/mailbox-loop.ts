import { type Clock, delay } from '@nest-channels/core';
import type { Arrived, Place } from './inbox.js';
import type { Keys } from './keys.js';
import { placeOf, readMailboxEntry } from './mailbox-entry.js';
import type { RedisLink } from './redis-link.js';
import { isBefore, STREAM_START, timeOf } from './stream-id.js';

/** Is how long one wait lasts; a new mailbox ends it. */
const WAIT_MS = 2_000;
/** Is how many entries of a stream are read at once; each has one message or a parcel of them. */
const BATCH = 64;

/** Is how many messages of a mailbox are held here; the others stay in Redis. */
const HELD_LIMIT = 1_000;

/** Is how long the loop rests when Redis cannot be asked. */
const REST_MS = 50;

/** Is what a process is told by another. */
export type Notice =
  | { readonly kind: 'join'; readonly group: string; readonly prefix: string }
  | { readonly kind: 'reset'; readonly by: string };

/** Is what the loop needs of the layer. */
export interface MailboxLoopOptions {
  readonly link: RedisLink;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly processId: string;
  /** Is how many messages of a mailbox wait here. */
  readonly held: (name: string) => number;
  readonly deliver: (name: string, messages: readonly Arrived[]) => void;
  /** Returns who a group message is for. */
  readonly membersAt: (
    name: string,
    group: string,
    version: number,
  ) => string[] | Promise<string[]>;
  readonly onNotice: (notice: Notice) => Promise<void>;
  /** Is given what was handed to this process of normal channels. */
  readonly onHanded: (id: string, fields: readonly Buffer[]) => void;
  /** Ends the present wait. */
  readonly wake: () => void;
  /** Is told of an entry that is no message, or that nobody is left for. */
  readonly onSkipped: (name: string, place: Place, why: 'malformed' | 'deserted') => void;
}

type Entry = [id: Buffer, fields: Buffer[]];

/**
 * Reads the mailboxes of this process, from where it was, whatever happens to the connection.
 *
 * Reading takes nothing out: that is done when a message was handed over.
 */
export class MailboxLoop {
  readonly #places = new Map<string, string>();
  #noticePlace = STREAM_START;
  #handedPlace = STREAM_START;
  /** Are the epochs in which it has read: a replica may bring one of them back. */
  readonly #epochs = new Set<string>();
  #isResumed = false;
  #isPaused = false;
  #state: 'running' | 'closing' = 'running';

  constructor(private readonly options: MailboxLoopOptions) {}

  /** Begins to read a mailbox; says whether it is new. */
  read(name: string): boolean {
    if (this.#places.has(name)) return false;
    this.#places.set(name, STREAM_START);
    this.options.wake();
    return true;
  }

  /** Lists the mailboxes it reads. */
  get names(): string[] {
    return Array.from(this.#places.keys());
  }

  /** Has to be told that the connection is another one: Redis may have started anew. */
  resumed(): void {
    this.#isResumed = true;
  }

  /** Has to be told that messages were taken: it may have stopped reading for lack of room. */
  drained(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.options.wake();
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
  }

  /** Ends the loop when its present wait is over. */
  close(): void {
    this.#state = 'closing';
    this.options.wake();
  }

  async #next(): Promise<void> {
    if (this.#isResumed) await this.#findPlaces();
    const names = this.names.filter((name) => this.options.held(name) < HELD_LIMIT);
    this.#isPaused = names.length < this.#places.size;
    const { keys, link, processId } = this.options;
    const own = [keys.process(processId), keys.handed(processId)];
    const streams = [...own, ...names.map((name) => keys.mailbox(name))];
    const ownPlaces = [this.#noticePlace, this.#handedPlace];
    const places = [...ownPlaces, ...names.map((name) => this.#places.get(name)!)];
    const limits = ['COUNT', BATCH, 'BLOCK', WAIT_MS, 'STREAMS'] as const;
    const reply = await link.wait('XREAD', ...limits, ...streams, ...places);
    for (const [key, entries] of (reply ?? []) as [Buffer, Entry[]][]) {
      await this.#came(String(key), entries);
    }
    // What is answered at once goes first: somebody waits for that.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /**
   * What a stream has before our place is unread only in a Redis that lost all it held: elsewhere a
   * replica took over that had not got all of it.
   */
  async #findPlaces(): Promise<void> {
    this.#isResumed = false;
    const { keys, processId } = this.options;
    const isAnother = await this.#isAnother();
    const find = (key: string, place: string) => this.#placeIn(key, place, isAnother);
    this.#noticePlace = await find(keys.process(processId), this.#noticePlace);
    this.#handedPlace = await find(keys.handed(processId), this.#handedPlace);
    for (const [name, place] of this.#places) {
      this.#places.set(name, await find(keys.mailbox(name), place));
    }
  }

  async #placeIn(key: string, place: string, isAnother: boolean): Promise<string> {
    const newest = await this.#newest(this.options.link, key);
    if (!newest || !isBefore(newest, place)) return place;
    return isAnother ? STREAM_START : newest;
  }

  /** Says whether Redis holds nothing that may have been read before: its epoch is a new one. */
  async #isAnother(): Promise<boolean> {
    const { keys, link } = this.options;
    const epoch = String(await link.call('GET', keys.epoch));
    const isAnother = !this.#epochs.has(epoch);
    this.#epochs.add(epoch);
    return isAnother;
  }

  async #newest(link: RedisLink, key: string): Promise<string | undefined> {
    const [entry] = (await link.call('XREVRANGE', key, '+', '-', 'COUNT', 1)) as Entry[];
    return entry && String(entry[0]);
  }

  async #came(key: string, entries: readonly Entry[]): Promise<void> {
    const { keys, processId } = this.options;
    const mailbox = keys.mailbox('');
    const name = key.startsWith(mailbox) ? key.slice(mailbox.length) : undefined;
    for (const [bytes, fields] of entries) {
      const id = String(bytes);
      if (name !== undefined) await this.#message(name, id, fields);
      else if (key === keys.handed(processId)) this.#handed(id, fields);
      else await this.#notice(id, fields);
    }
  }

  #handed(id: string, fields: readonly Buffer[]): void {
    this.#handedPlace = id;
    this.options.onHanded(id, fields);
  }

  /** Waits only where Redis has to be asked who a message is for. */
  #message(name: string, id: string, fields: readonly Buffer[]): void | Promise<void> {
    const entry = readMailboxEntry(name, id, fields);
    if (entry.kind === 'group') return this.#groupMessage(name, id, entry, fields);
    // Only now it counts as read: whatever fails before is tried again.
    this.#places.set(name, id);
    if (entry.kind === 'parcel') return this.options.deliver(name, entry.messages);
    this.options.onSkipped(name, placeOf(id, fields), 'malformed');
  }

  #groupMessage(
    name: string,
    id: string,
    { group, version }: { readonly group: string; readonly version: number },
    fields: readonly Buffer[],
  ): void | Promise<void> {
    const members = this.options.membersAt(name, group, version);
    const deliver = (channels: readonly string[]): void =>
      this.#toMembers(name, id, fields, { channels, group });
    return members instanceof Promise ? members.then(deliver) : deliver(members);
  }

  #toMembers(
    name: string,
    id: string,
    fields: readonly Buffer[],
    { channels, group }: Pick<Arrived, 'channels' | 'group'>,
  ): void {
    this.#places.set(name, id);
    const place = placeOf(id, fields);
    if (channels.length === 0) return this.options.onSkipped(name, place, 'deserted');
    const body = fields[fields.length - 1];
    this.options.deliver(name, [{ channels, group, body, place, sentAt: timeOf(id) }]);
  }

  async #notice(id: string, fields: readonly Buffer[]): Promise<void> {
    const [kind, first, , prefix] = fields.map(String);
    if (kind === 'join' && prefix) {
      await this.options.onNotice({ kind, group: first, prefix });
    }
    if (kind === 'reset') await this.options.onNotice({ kind, by: first });
    this.#noticePlace = id;
  }
}
