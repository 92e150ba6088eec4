// Runs under vitest, on what is built: see vitest.spec.ts.
import { layerConformance } from '@nest-channels/conformance';
import { ManualClock, memoryLayer } from '@nest-channels/core';
import { describe, it } from 'vitest';

const clock = new ManualClock();

layerConformance({
  create: (limits) => memoryLayer({ ...limits, clock }),
  clock: { advance: async (ms) => clock.advance(ms) },
  runner: { describe, it },
  extensions: ['groups', 'flush', 'statistics', 'push'],
});
