import type { Store } from 'express-session';
import { isChannelSessionId } from './channel-session-id.js';
import { type SessionLocks, withLock } from './session-locks.js';

/** Is called with the id of each session that is destroyed. */
export type DestroyListener = (id: string) => void;

type Destroy = Store['destroy'];
type Callback = Parameters<Destroy>[1];

/** Is where a store keeps who listens: with it, as two applications may share it. */
const LISTENERS = Symbol('nest-channels:destroy-listeners');

type NoticedStore = Store & { [LISTENERS]?: Set<DestroyListener> };

/**
 * Calls back for each session that a store is told to destroy, whoever tells it.
 *
 * Logging out and `session.regenerate()` do it too. A session is destroyed under its lock, so that
 * nobody who saves it can bring it back; when the lock cannot be had it is destroyed all the same.
 *
 * @returns what ends the notices
 */
export function noticeDestroys(
  store: Store,
  locks: SessionLocks,
  listener: DestroyListener,
): () => void {
  const noticed = store as NoticedStore;
  const listeners = (noticed[LISTENERS] ??= watch(store, locks));
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function watch(store: Store, locks: SessionLocks): Set<DestroyListener> {
  const listeners = new Set<DestroyListener>();
  const destroy = store.destroy.bind(store);
  store.destroy = (id: string, callback?: Callback) => {
    if (isChannelSessionId(id)) return destroy(id, callback);
    const destroyed: Callback = (error) => {
      if (!error) for (const listener of listeners) listener(id);
      callback?.(error);
    };
    void destroyUnderLock(id, locks, destroy).then(() => destroyed(), destroyed);
  };
  return listeners;
}

async function destroyUnderLock(id: string, locks: SessionLocks, destroy: Destroy): Promise<void> {
  const work = (): Promise<void> => {
    return new Promise((resolve, reject) => {
      destroy(id, (error?: unknown) => (error ? reject(error) : resolve()));
    });
  };
  let isLocked = false;
  try {
    await withLock(locks, lockOf(id), () => {
      isLocked = true;
      return work();
    });
  } catch (error) {
    if (isLocked) throw error;
    await work();
  }
}

/** Returns the name of the lock under which a session is saved and destroyed. */
export function lockOf(id: string): string {
  return `session:${id}`;
}
