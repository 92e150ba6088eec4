import type { Clock } from '@nest-channels/core';
import { SessionLocked } from './errors.js';

/**
 * Lets one at a time change a session, over all processes that share its store.
 *
 * A lock is held for a read and a write, never while a handler runs.
 */
export interface SessionLocks {
  /**
   * Waits for the lock of a session.
   *
   * @returns what gives it back
   * @throws SessionLocked `CHANNELS_SESSION_LOCKED` when it is not free in time
   */
  acquire(key: string): Promise<() => Promise<void> | void>;
}

/** Runs work while it holds a lock. */
export async function withLock<T>(
  locks: SessionLocks,
  key: string,
  work: () => Promise<T>,
): Promise<T> {
  const release = await locks.acquire(key);
  try {
    return await work();
  } finally {
    await release();
  }
}

type Waiter = () => void;

/** Are locks within one process: enough where one process alone uses the store. */
export class ProcessLocks implements SessionLocks {
  /** Key → who waits for it, in the order they came; there is an entry while it is held. */
  readonly #waiting = new Map<string, Waiter[]>();

  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs = 5_000,
  ) {}

  async acquire(key: string): Promise<() => void> {
    const waiting = this.#waiting.get(key);
    if (waiting) await this.#wait(waiting);
    else this.#waiting.set(key, []);
    return () => this.#release(key);
  }

  #wait(waiting: Waiter[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = () => {
        timer.cancel();
        resolve();
      };
      const timer = this.clock.setTimer(() => {
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(new SessionLocked(this.timeoutMs));
      }, this.timeoutMs);
      waiting.push(waiter);
    });
  }

  #release(key: string): void {
    const next = this.#waiting.get(key)?.shift();
    if (next) next();
    else this.#waiting.delete(key);
  }
}
