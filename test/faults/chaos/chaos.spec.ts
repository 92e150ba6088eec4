import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@nest-channels/core';
import { layerScenarios } from './layer-scenarios.js';

/** Is how long the short form of a scenario throws faults. */
const DURATION_MS = 2_500;

describe('no promise is broken when', () => {
  it.each(layerScenarios())('$name: $title', async (scenario) => {
    const said: string[] = [];
    const say = (what: string): void => void said.push(what);
    const outcome = await scenario.run({ random: seededRandom(5), durationMs: DURATION_MS, say });
    expect(outcome.findings).toEqual([]);
    expect(outcome.counts.delivered).toBeGreaterThan(0);
    if (process.env['CHAOS_VERBOSE']) console.log(scenario.name, outcome, said);
  });
});
