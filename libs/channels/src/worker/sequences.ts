import type { Clock, Timer } from '@nest-channels/core';
import type { Task } from './task.js';

/** Is how long messages wait for those before them. */
const PATIENCE_MS = 5_000;

/** Is of how many connections the position is known; that of the oldest is forgotten first. */
const MAX_SEQUENCES = 10_000;

interface Sequence {
  /** Is the `order` that comes next. */
  next: number;
  /** Are the messages that came too early, by their `order`. */
  readonly parked: { readonly order: number; readonly task: Task }[];
  timer?: Timer;
}

/**
 * Puts into order what came to a worker out of order, connection by connection.
 *
 * An interface server sends the next message of an ordered connection when the last was handled, and
 * needs none of this. What others send is parked until all with a lower `order` have come, from 0
 * on, for 5 s at most. What comes when its place has passed is not held up.
 */
export class Sequences {
  readonly #sequences = new Map<string, Sequence>();
  #parked = 0;

  /** @param onOverdue gets messages that were parked for too long, in their order */
  constructor(
    private readonly clock: Clock,
    private readonly onOverdue: (tasks: readonly Task[]) => void,
  ) {}

  /** Counts the messages that wait for others. */
  get parked(): number {
    return this.#parked;
  }

  /** Takes the next message of a lane and returns those that can be handled now, in their order. */
  admit(lane: string, order: number, task: Task): readonly Task[] {
    const sequence = this.#sequenceOf(lane);
    this.#park(sequence, order, task);
    const ready = this.#release(sequence);
    if (task.channel === 'websocket.disconnect' && sequence.parked.length === 0) {
      this.#sequences.delete(lane);
    }
    return ready;
  }

  /** Forgets everything, and returns how many messages that leaves unhandled. */
  clear(): number {
    const cleared = this.#parked;
    for (const { timer } of this.#sequences.values()) timer?.cancel();
    this.#sequences.clear();
    this.#parked = 0;
    return cleared;
  }

  #sequenceOf(lane: string): Sequence {
    const known = this.#sequences.get(lane);
    if (known) return known;
    if (this.#sequences.size >= MAX_SEQUENCES) this.#forgetOldest();
    const sequence: Sequence = { next: 0, parked: [] };
    this.#sequences.set(lane, sequence);
    return sequence;
  }

  #forgetOldest(): void {
    for (const [lane, sequence] of this.#sequences) {
      this.#sequences.delete(lane);
      return this.#giveUp(sequence, Infinity);
    }
  }

  #park({ parked }: Sequence, order: number, task: Task): void {
    const behind = parked.findIndex((other) => other.order > order);
    parked.splice(behind < 0 ? parked.length : behind, 0, { order, task });
    this.#parked++;
  }

  #release(sequence: Sequence): Task[] {
    const { parked } = sequence;
    const ready: Task[] = [];
    while (parked.length > 0 && parked[0].order <= sequence.next) {
      const [{ order, task }] = parked.splice(0, 1);
      sequence.next = Math.max(sequence.next, order + 1);
      ready.push(task);
    }
    this.#parked -= ready.length;
    this.#wait(sequence, { again: ready.length > 0 });
    return ready;
  }

  /** Waits for what is missing, anew whenever something of it has come. */
  #wait(sequence: Sequence, { again }: { readonly again: boolean }): void {
    if (again || sequence.parked.length === 0) {
      sequence.timer?.cancel();
      sequence.timer = undefined;
    }
    if (sequence.parked.length === 0) return;
    sequence.timer ??= this.clock.setTimer(() => {
      sequence.timer = undefined;
      this.#giveUp(sequence, sequence.parked[0].order);
    }, PATIENCE_MS);
  }

  /** Goes on without what has a lower `order` than this. */
  #giveUp(sequence: Sequence, order: number): void {
    sequence.next = Math.max(sequence.next, order);
    this.onOverdue(this.#release(sequence));
  }
}
