import { Ring } from './ring.js';

/** Is how many channels are taken out before everything else has its turn. */
const SLICE = 500;

/**
 * Takes channels out of all their groups, some at a time.
 *
 * One message that expires may have been for a hundred thousand members of a group.
 */
export class GroupEvictions {
  readonly #waiting = new Ring<readonly string[]>();
  /** Is how many of the first in line are out already. */
  #done = 0;
  #allowance = SLICE;
  #turn?: Promise<void>;

  constructor(private readonly evict: (channel: string) => void) {}

  /** Says that some still have to leave: who looks at members or changes them has to wait. */
  get areUnderWay(): boolean {
    return this.#turn !== undefined;
  }

  /** Resolves when all have left. */
  async finished(): Promise<void> {
    while (this.#turn) await this.#turn;
  }

  add(channels: readonly string[]): void {
    if (channels.length === 0) return;
    this.#waiting.push(channels);
    if (!this.#turn) this.#slice();
  }

  /** Lets go of those who have not left yet. */
  clear(): void {
    while (this.#waiting.shift());
    this.#done = 0;
  }

  #slice(): void {
    while (this.#waiting.size > 0 && this.#allowance > 0) this.#evictNext();
    if (this.#waiting.size > 0) this.#turn = this.#nextTurn();
  }

  #evictNext(): void {
    const channels = this.#waiting.peek()!;
    this.evict(channels[this.#done++]);
    this.#allowance--;
    if (this.#done < channels.length) return;
    this.#waiting.shift();
    this.#done = 0;
  }

  async #nextTurn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#turn = undefined;
    this.#allowance = SLICE;
    this.#slice();
  }
}
