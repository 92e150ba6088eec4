import { type ChannelLayer, ManualClock, memoryLayer } from '@nest-channels/core';
import type { LayerLimits } from '../../src/index.js';
import type { LayerExtension } from '@nest-channels/core';

/** Are the abilities of the memory layer. */
export const EXTENSIONS: readonly LayerExtension[] = ['groups', 'flush', 'statistics', 'push'];

/** Makes memory layers that go by one clock. */
export class Memory {
  readonly clock = new ManualClock();

  readonly create = (limits: LayerLimits): ChannelLayer =>
    memoryLayer({ ...limits, clock: this.clock });

  readonly advance = async (ms: number): Promise<void> => this.clock.advance(ms);
}
