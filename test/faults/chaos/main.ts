import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { seededRandom } from '@nest-channels/core';
import { LONG_FORM } from './form.js';
import { layerScenarios } from './layer-scenarios.js';
import { describeMeasure } from './measure.js';
import { type LayoutName, LAYOUTS } from './redis-site.js';
import { splitScenarios } from './split-scenarios.js';
import type { Outcome, Scenario } from './scenario.js';

/*
 * Throws everything at the layer for as long as it is told to, and says what broke.
 *
 *   npm run chaos -- --seed 7 --duration 60 --only C5 --only C8 --layout single --layout cluster --report chaos.json
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    duration: { type: 'string', default: '60' },
    only: { type: 'string', multiple: true },
    layout: { type: 'string', multiple: true, default: ['single'] },
    report: { type: 'string', default: 'chaos-report.json' },
  },
});

const seed = Number(values.seed);
const durationMs = 1_000 * Number(values.duration);
const layouts = values.layout.map(layoutOf);
const chosen = [...layerScenarios, ...splitScenarios].filter(
  ({ name }) => values.only?.includes(name) ?? true,
);

console.log(`Seed ${seed}; ${durationMs / 1_000} s each, on ${layouts.join(', ')}`);
const results: Record<string, Outcome & { readonly measured: readonly string[] }> = {};
for (const layout of layouts) {
  for (const scenario of chosen.filter((each) => each.layouts.includes(layout))) {
    const title = `${scenario.name} on ${layout}: ${scenario.title}`;
    console.log(title);
    const outcome = await play(scenario, layout);
    results[title] = { ...outcome, measured: (outcome.measures ?? []).map(describeMeasure) };
  }
}
writeFileSync(values.report, `${JSON.stringify({ seed, durationMs, results }, undefined, 2)}\n`);
const hasFindings = Object.values(results).some(({ findings }) => findings.length > 0);
console.log(`${hasFindings ? 'Promises were broken' : 'All promises were kept'}; ${values.report}`);
process.exitCode = hasFindings ? 1 : 0;

async function play(scenario: Scenario, layout: LayoutName): Promise<Outcome> {
  const say = (what: string): void => console.log(`  ${what}`);
  const random = seededRandom(seed);
  const outcome = await scenario.run({ layout, form: LONG_FORM, random, durationMs, say });
  for (const finding of outcome.findings) console.log(`  BROKEN ${finding}`);
  for (const measure of outcome.measures ?? []) console.log(`  ${describeMeasure(measure)}`);
  console.log(`  ${JSON.stringify(outcome.counts)}`);
  return outcome;
}

function layoutOf(name: string): LayoutName {
  const layout = LAYOUTS.find((each) => each === name);
  if (!layout) throw new Error(`There is no layout "${name}", only ${LAYOUTS.join(', ')}`);
  return layout;
}
