import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@nest-channels/core';
import { SHORT_FORM } from './form.js';
import { layerScenarios } from './layer-scenarios.js';
import type { LayoutName } from './redis-site.js';
import type { Scenario } from './scenario.js';

/** Is how long the short form of a scenario throws faults, on one server and elsewhere. */
const DURATION_MS = 2_500;
const BRIEF_MS = 1_500;

/** Is where else each is played in brief; `npm run chaos` plays all of them on all layouts. */
const ELSEWHERE: Readonly<Record<string, LayoutName>> = {
  C5: 'cluster',
  C6: 'cluster',
  C7: 'shards',
  C8: 'encrypted',
  C9: 'sentinel',
  C10: 'shards',
  C11: 'sentinel',
  C14: 'shards',
  C15: 'encrypted',
};

async function expectKept(scenario: Scenario, layout: LayoutName, durationMs: number) {
  const said: string[] = [];
  const say = (what: string): void => void said.push(what);
  const form = SHORT_FORM;
  const outcome = await scenario.run({ layout, form, random: seededRandom(5), durationMs, say });
  expect(outcome.findings).toEqual([]);
  expect(outcome.counts.delivered).toBeGreaterThan(0);
  if (process.env['CHAOS_VERBOSE']) console.log(scenario.name, layout, outcome, said);
}

describe('no promise is broken when', () => {
  const onOneServer = layerScenarios.filter(({ layouts }) => layouts.includes('single'));
  it.each(onOneServer)('$name: $title', async (scenario) => {
    await expectKept(scenario, 'single', DURATION_MS);
  });

  it.each(layerScenarios)('$name: $title, elsewhere', async (scenario) => {
    await expectKept(scenario, ELSEWHERE[scenario.name], BRIEF_MS);
  });
});
