import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@nest-channels/core';
import { SHORT_FORM } from './form.js';
import { layerScenarios } from './layer-scenarios.js';
import type { LayoutName } from './redis-site.js';
import type { Scenario } from './scenario.js';

/** Is how long the short form of a scenario throws faults, and on another layout than one server. */
const DURATION_MS = 2_500;
const BRIEF_MS = 1_500;

/** Deals the scenarios to the other layouts in turn; `npm run chaos` plays all on all. */
function dealt(): { name: string; title: string; layout: LayoutName; scenario: Scenario }[] {
  return layerScenarios.map((scenario, turn) => {
    const { name, title, layouts } = scenario;
    const others = layouts.filter((layout) => layout !== 'single');
    return { name, title, layout: others[(turn + 2) % others.length], scenario };
  });
}

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
  it.each(layerScenarios)('$name: $title', async (scenario) => {
    await expectKept(scenario, 'single', DURATION_MS);
  });

  it.each(dealt())('$name: $title, on $layout', async ({ scenario, layout }) => {
    await expectKept(scenario, layout, BRIEF_MS);
  });
});
