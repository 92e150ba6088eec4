import { describe, it } from '@jest/globals';
import { ManualClock, memoryLayer } from '@nest-channels/core';
import { layerConformance } from '../src/index.js';

const clock = new ManualClock();

describe('memoryLayer', () => {
  layerConformance({
    create: (limits) => memoryLayer({ ...limits, clock }),
    clock: { advance: async (ms) => clock.advance(ms) },
    runner: { describe, it },
    extensions: ['groups', 'flush', 'statistics', 'push'],
  });
});
