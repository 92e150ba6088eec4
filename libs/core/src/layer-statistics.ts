import type { DropReason } from './layer-events.js';

/** Counts the traffic of one channel, or of all, since the layer was made. */
export interface ChannelStatistics {
  /** Accepted sends; a group send counts once per reader it was queued for. */
  readonly messagesCount: number;
  /** Average over the last ten whole seconds. */
  readonly messagesCountPerSecond: number;
  /** Accepted and not yet received, expired or dropped. */
  readonly messagesPending: number;
  /** Age in milliseconds of the oldest pending message; 0 without one. */
  readonly messagesMaxAgeMs: number;
  /** Refused sends, and group sends that found a reader full. */
  readonly channelFullCount: number;
  /** Average over the last ten whole seconds. */
  readonly channelFullCountPerSecond: number;
}

/**
 * Counts the traffic of a layer.
 *
 * `messagesCount = messagesReceived + messagesPending + dropped.expired + dropped.closed`: what was
 * accepted is received, waits, or is counted as lost.
 */
export interface LayerStatistics extends ChannelStatistics {
  readonly messagesReceived: number;
  /** By reason. `full` counts what was never accepted: refused sends and full group members. */
  readonly dropped: Readonly<Record<DropReason, number>>;
}
