import session, { type SessionData } from 'express-session';

type Operation = 'get' | 'set' | 'destroy' | 'touch';

/** Is a store in memory that counts what it is asked, and fails as it is told. */
export class CountingStore extends session.MemoryStore {
  readonly counts: Record<Operation, number> = { get: 0, set: 0, destroy: 0, touch: 0 };
  /** Is what reads come to instead of a session. */
  reading: 'session' | 'error' | 'silence' | 'garbage' | 'throw' = 'session';
  #changed: (() => void)[] = [];

  override get(id: string, callback: (error: unknown, data?: SessionData | null) => void): void {
    this.counts.get++;
    this.#tell();
    if (this.reading === 'silence') return;
    if (this.reading === 'throw') throw new TypeError('s:secret.signature');
    if (this.reading === 'error') return callback(new Error('s:secret.signature'));
    if (this.reading === 'garbage') return callback(null, 'nonsense' as never);
    super.get(id, callback);
  }

  override set(id: string, data: SessionData, callback?: (error?: unknown) => void): void {
    this.counts.set++;
    super.set(id, data, callback);
    this.#tell();
  }

  override destroy(id: string, callback?: (error?: unknown) => void): void {
    this.counts.destroy++;
    super.destroy(id, callback);
    this.#tell();
  }

  override touch(id: string, data: SessionData, callback?: () => void): void {
    this.counts.touch++;
    super.touch(id, data, callback);
    this.#tell();
  }

  /** Lists the ids of what it holds. */
  ids(): Promise<string[]> {
    return new Promise((resolve) => {
      super.all((_error, sessions) => resolve(Object.keys(sessions ?? {})));
    });
  }

  /** Resolves when something has been written that makes the condition true. */
  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) {
      await new Promise<void>((resolve) => {
        this.#changed.push(resolve);
      });
    }
  }

  #tell(): void {
    const waiting = this.#changed;
    this.#changed = [];
    for (const resolve of waiting) setImmediate(resolve);
  }
}
