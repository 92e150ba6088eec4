// Runs under node:test, on what is built: see node-test.spec.ts.
import { describe, it } from 'node:test';
import { layerConformance } from '@nest-channels/conformance';
import { ManualClock, memoryLayer } from '@nest-channels/core';

const clock = new ManualClock();

layerConformance({
  create: (limits) => memoryLayer({ ...limits, clock }),
  clock: { advance: async (ms) => clock.advance(ms) },
  runner: { describe, it },
  extensions: ['groups', 'flush', 'statistics', 'push'],
});
