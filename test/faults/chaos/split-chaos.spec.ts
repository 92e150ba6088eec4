import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seededRandom } from '@nest-channels/core';
import { SHORT_FORM } from './form.js';
import type { Play } from './scenario.js';
import { playOn, SPLIT_SCENARIOS } from './split-scenarios.js';
import { SplitStage } from './split-stage.js';

/** Is how long the short form of a scenario throws faults. */
const DURATION_MS = 500;

let stage: SplitStage;

beforeAll(async () => {
  stage = await SplitStage.start('single', SHORT_FORM);
  await stage.crowd.returned();
}, 60_000);
afterAll(() => stage.close(), 60_000);

// They share one stage, as starting its processes takes longer than to break them.
describe('nobody hears twice, or what is not for them, and nobody stays deaf', () => {
  it.each(SPLIT_SCENARIOS)(
    '$name: when $title',
    async (scenario) => {
      const said: string[] = [];
      const play: Play = {
        layout: 'single',
        form: SHORT_FORM,
        random: seededRandom(5),
        durationMs: DURATION_MS,
        say: (what) => void said.push(what),
      };
      const { findings, counts } = await playOn(stage, scenario, play);
      expect(findings).toEqual([]);
      expect(counts.delivered).toBeGreaterThan(0);
      if (process.env['CHAOS_VERBOSE']) console.log(scenario.name, counts, said);
    },
    60_000,
  );
});
