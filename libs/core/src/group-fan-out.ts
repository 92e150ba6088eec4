import { type Content, snapshot } from './content.js';
import type { GroupReader, GroupReaders } from './memory-groups.js';

/** Is how many readers are served before everything else has its turn. */
const SLICE = 200;

/** Puts one copy of a message where a reader finds it. */
export type Deliver = (reader: GroupReader, content: Content) => void;

/**
 * Copies group messages to their readers, some at a time.
 *
 * A hundred thousand copies in a row would hold the event loop for long. Messages of one group are
 * finished in the order they were sent.
 */
export class GroupFanOut {
  readonly #running = new Map<string, Promise<void>>();
  #epoch = 0;

  constructor(private readonly deliver: Deliver) {}

  async send(group: string, readers: GroupReaders, content: Content): Promise<void> {
    const earlier = this.#running.get(group);
    if (!earlier && readers.size <= SLICE) return this.#slice(readers, 0, content);
    const done = this.#inSlices(earlier, readers, content);
    this.#running.set(group, done);
    try {
      await done;
    } finally {
      if (this.#running.get(group) === done) this.#running.delete(group);
    }
  }

  /** Lets go of the copies that are not made yet. */
  clear(): void {
    this.#epoch++;
  }

  async #inSlices(
    earlier: Promise<void> | undefined,
    readers: GroupReaders,
    content: Content,
  ): Promise<void> {
    // A send that failed failed for its sender; it does not hold up the next one.
    const epoch = this.#epoch;
    await earlier?.catch(() => undefined);
    for (let start = 0; start < readers.size; start += SLICE) {
      if (start > 0) await new Promise((resolve) => setImmediate(resolve));
      if (epoch !== this.#epoch) return;
      this.#slice(readers, start, content);
    }
  }

  #slice(readers: GroupReaders, start: number, content: Content): void {
    const end = Math.min(start + SLICE, readers.size);
    for (let index = start; index < end; index++)
      this.deliver(readers.at(index), snapshot(content));
  }
}
