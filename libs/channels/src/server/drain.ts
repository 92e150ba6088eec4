import { type Clock, delay } from '@nest-channels/core';
import type { Close } from './reply-reader.js';

const MS_PER_CONNECTION = 2;
const STEP_MS = 20;

/** Tells a client to connect again, to another server (close code 1012 of IANA's registry). */
export const RESTARTING: Close = { code: 1012, reason: 'server is restarting' };

/** Is something that a drain closes. */
export interface Closable {
  close(close: Close): void;
}

/**
 * Closes connections spread out over time, so that not all of their clients come back at once.
 *
 * @param connections are looked up step by step: whoever leaves meanwhile is not waited for
 * @param drainMs is the longest it takes; few connections take 2 ms each
 */
export async function drain(
  connections: ReadonlyMap<string, Closable>,
  { clock, drainMs }: { readonly clock: Clock; readonly drainMs: number },
): Promise<void> {
  const ids = [...connections.keys()];
  const windowMs = Math.min(drainMs, ids.length * MS_PER_CONNECTION);
  const perStep = Math.max(1, Math.ceil((ids.length * STEP_MS) / Math.max(windowMs, STEP_MS)));
  for (let index = 0; index < ids.length; index += perStep) {
    if (index > 0) await delay(clock, STEP_MS);
    for (const id of ids.slice(index, index + perStep)) connections.get(id)?.close(RESTARTING);
  }
}
