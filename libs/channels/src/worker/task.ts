import type { Content } from '@nest-channels/core';
import type { Line } from './slots.js';

/** Is one message that a worker has received, until it has been handled to its end. */
export interface Task {
  readonly channel: string;
  readonly content: Content;
  /** Is its reply channel, if it has one: messages with the same are handled in turn. */
  readonly lane: string | undefined;
  /** Is where it waits for a slot. */
  readonly queue: TaskQueue;
  /** Counts its runs from 1. */
  attempt: number;
}

/** Is a line of tasks that could run if there were slots. */
export interface TaskQueue extends Line {
  push(task: Task): void;
}
