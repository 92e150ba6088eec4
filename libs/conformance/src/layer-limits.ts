import type { CapacityOptions } from '@nest-channels/core';

/** Are the limits that a test wants its layer to keep. */
export interface LayerLimits extends Required<CapacityOptions> {
  /** Is how long a message can wait to be read. */
  readonly expiryMs: number;
  /** Is how long a group membership lasts unless renewed. */
  readonly groupExpiryMs: number;
  /** Is how many groups a process-specific channel may be in. */
  readonly maxGroupsPerChannel: number;
}
