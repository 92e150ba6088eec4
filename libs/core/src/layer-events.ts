import type { EventEmitter } from 'node:events';
import { reasonOf } from './errors.js';

/** Is why a message ended undelivered; `resilience` is a loss that a test asked for. */
export type DropReason = 'full' | 'expired' | 'closed' | 'resilience';

/** Are the things a layer tells about itself, with what each carries. */
export interface LayerEventMap {
  /** A send met a full channel: refused, or for a group its members behind this name dropped. */
  full: [{ readonly channel: string; readonly capacity: number; readonly messages: number }];
  /** Messages were not read before their time was over. */
  expired: [{ readonly channel: string; readonly messages: number }];
  /** Messages were lost for any other reason. */
  dropped: [{ readonly channel: string; readonly reason: DropReason; readonly messages: number }];
  /** The connection to the back end was lost, or a part of it; `since` is by the layer's clock. */
  lost: [{ readonly since: number; readonly reason: string }];
  /** The connection to the back end was lost and is back: messages may have been missed. */
  gap: [{ readonly since: number }];
  /** All messages and memberships are gone: somebody flushed, or the back end came back empty. */
  reset: [];
}

/** Is where a layer tells what happened; a listener that throws breaks nothing in the layer. */
export type LayerEvents = EventEmitter<LayerEventMap>;

/**
 * Tells listeners what happened, when the layer is done with what it is doing.
 *
 * They may use the layer. What they throw becomes a warning of the process.
 */
export function tell<Name extends keyof LayerEventMap>(
  events: LayerEvents,
  name: Name,
  ...what: LayerEventMap[Name]
): void {
  if (events.listenerCount(name) === 0) return;
  queueMicrotask(() => {
    for (const listener of events.rawListeners(name)) call(listener, name, what);
  });
}

function call(listener: unknown, name: string, what: readonly unknown[]): void {
  try {
    (listener as (...what: readonly unknown[]) => void)(...what);
  } catch (error) {
    process.emitWarning(`A listener of the layer event "${name}" threw: ${reasonOf(error)}`);
  }
}
