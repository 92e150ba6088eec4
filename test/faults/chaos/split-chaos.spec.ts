import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seededRandom } from '@nest-channels/core';
import { playOn, SPLIT_SCENARIOS } from './split-scenarios.js';
import { SplitStage } from './split-stage.js';

/** Is how long the short form of a scenario throws faults. */
const DURATION_MS = 500;

let stage: SplitStage;

beforeAll(async () => {
  stage = await SplitStage.start();
}, 60_000);
afterAll(() => stage.close(), 60_000);

// They share one stage, as starting its processes takes longer than to break them.
describe('nobody hears twice, or what is not for them, and nobody stays deaf', () => {
  it('C16: while clocks of a server and a worker are an hour wrong', async () => {
    const { findings, counts } = await stage.judge();
    expect(Object.values(findings).flat()).toEqual([]);
    expect(counts.delivered).toBeGreaterThan(0);
  }, 60_000);

  it.each(SPLIT_SCENARIOS)(
    '$name: when $title',
    async (scenario) => {
      const said: string[] = [];
      const say = (what: string): void => void said.push(what);
      const play = {
        layout: 'single',
        random: seededRandom(5),
        durationMs: DURATION_MS,
        say,
      } as const;
      const { findings, counts } = await playOn(stage, scenario, play);
      expect(findings).toEqual([]);
      if (process.env['CHAOS_VERBOSE']) console.log(scenario.name, counts, said);
    },
    60_000,
  );
});
