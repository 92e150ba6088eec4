import type { Unsubscribe } from './listeners.js';

/** Calls back when the browser says that it has a network again; never outside of browsers. */
export function networkReturn(listener: () => void): Unsubscribe {
  // Node has no such function, and its network no such event.
  if (!('addEventListener' in globalThis)) return () => undefined;
  globalThis.addEventListener('online', listener);
  return () => globalThis.removeEventListener('online', listener);
}
