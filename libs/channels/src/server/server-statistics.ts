/** Is what an interface server has counted since it started. */
export interface ServerStatistics {
  /** Are the connections there are now, pending ones included. */
  readonly connections: number;
  /** Are frames that were dropped because their clients read too slowly. */
  readonly framesDropped: number;
}
