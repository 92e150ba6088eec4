/** Is what an interface server has counted since it started. */
export interface ServerStatistics {
  /** Are the connections there are now, pending ones included. */
  readonly connections: number;
  /** Are frames that were dropped because their clients read too slowly. */
  readonly framesDropped: number;
  /** Are frames of clients that the layer did not take, or of which it cannot be known. */
  readonly framesLost: number;
}
