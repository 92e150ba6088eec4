import { Disconnected, QueueFull } from './errors.js';

/**
 * Says what becomes of messages that are sent while there is no connection.
 *
 * - `queue`: they wait for one, in order; a send that finds the queue full throws `QueueFull`.
 * - `drop`: they are dropped, and counted.
 * - `throw`: the send throws `Disconnected`.
 */
export type OfflinePolicy = 'queue' | 'drop' | 'throw';

/** Are the limits of what waits for a connection. */
export interface SendQueueSettings {
  readonly offline: OfflinePolicy;
  readonly maxQueuedMessages: number;
  /** Is in characters of their text: as many bytes where all is ASCII. */
  readonly maxQueuedCharacters: number;
}

/** Holds what was sent without a connection, as the policy says. */
export class SendQueue {
  #texts: string[] = [];
  #characters = 0;
  #dropped = 0;

  get length(): number {
    return this.#texts.length;
  }

  /** Counts the messages that were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Takes a message, and tells what becomes of it.
   *
   * @throws QueueFull `CHANNELS_CLIENT_QUEUE_FULL`
   * @throws Disconnected `CHANNELS_CLIENT_DISCONNECTED`
   */
  offer(text: string, settings: SendQueueSettings): 'queued' | 'dropped' {
    const { offline } = settings;
    if (offline === 'throw') throw new Disconnected();
    if (offline === 'queue') this.#push(text, settings);
    else this.#dropped++;
    return offline === 'queue' ? 'queued' : 'dropped';
  }

  /** Takes the oldest message out. */
  shift(): string | undefined {
    const text = this.#texts.shift();
    this.#characters -= text?.length ?? 0;
    return text;
  }

  /** Drops all that waits. */
  clear(): void {
    this.#dropped += this.#texts.length;
    this.#texts = [];
    this.#characters = 0;
  }

  #push(text: string, { maxQueuedMessages, maxQueuedCharacters }: SendQueueSettings): void {
    const characters = this.#characters + text.length;
    const isFull = this.#texts.length >= maxQueuedMessages || characters > maxQueuedCharacters;
    if (isFull) throw new QueueFull(this.#texts.length);
    this.#texts.push(text);
    this.#characters = characters;
  }
}
