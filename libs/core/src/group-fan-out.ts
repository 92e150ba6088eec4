import type { GroupReader, GroupReaders } from './memory-groups.js';

/** Is how many readers are served before everything else has its turn. */
const SLICE = 200;

/** Puts a message where these readers find it. */
export type Deliver<Message> = (readers: readonly GroupReader[], message: Message) => void;

/**
 * Delivers group messages to their readers, some at a time.
 *
 * A hundred thousand in a row would hold the event loop for long. Messages of one group are
 * finished in the order they were sent.
 */
export class GroupFanOut<Message> {
  readonly #running = new Map<string, Promise<void>>();
  #epoch = 0;

  constructor(private readonly deliver: Deliver<Message>) {}

  async send(group: string, readers: GroupReaders, message: Message): Promise<void> {
    const earlier = this.#running.get(group);
    if (!earlier && readers.size <= SLICE) return this.deliver(readers.slice(0, SLICE), message);
    const done = this.#inSlices(earlier, readers, message);
    this.#running.set(group, done);
    try {
      await done;
    } finally {
      if (this.#running.get(group) === done) this.#running.delete(group);
    }
  }

  /** Lets go of what is not delivered yet. */
  clear(): void {
    this.#epoch++;
  }

  async #inSlices(
    earlier: Promise<void> | undefined,
    readers: GroupReaders,
    message: Message,
  ): Promise<void> {
    // A send that failed failed for its sender; it does not hold up the next one.
    const epoch = this.#epoch;
    await earlier?.catch(() => undefined);
    for (let start = 0; start < readers.size; start += SLICE) {
      if (start > 0) await new Promise((resolve) => setImmediate(resolve));
      if (epoch !== this.#epoch) return;
      this.deliver(readers.slice(start, start + SLICE), message);
    }
  }
}
