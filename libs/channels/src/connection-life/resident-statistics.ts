import type { WorkerStatistics } from '../worker/worker-statistics.js';

/**
 * Is what consumers of life `connection` have counted since their server started.
 *
 * Their messages end as those of a worker do; an event that nobody has a handler for is `unrouted`.
 */
export interface ResidentStatistics extends WorkerStatistics {
  /** Are the instances there are now: one for each connection, until its disconnect is handled. */
  readonly residents: number;
}
