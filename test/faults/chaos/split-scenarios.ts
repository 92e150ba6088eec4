import { draw } from './draw.js';
import { within } from './form.js';
import type { Measure } from './measure.js';
import { LAYOUTS } from './redis-site.js';
import { last, type Outcome, outcomeOf, type Play, repeat, type Scenario } from './scenario.js';
import { shelfLifeFindings } from './shelf-life.js';
import { calmOf, survivorMeasures, throughputMeasures } from './split-bars.js';
import { SplitStage } from './split-stage.js';
import { freezeBoth, killInTurn } from './strikes.js';
import { Visitors } from './visitors.js';

/** Is the code of a server that is told to stop. */
const RESTARTING = 1012;

/** Is how often a worker is killed. */
const WORKER_KILL_MS = 1_000;

/** Is what a scenario found beside the promises that all of them are held to. */
interface Found {
  readonly findings?: readonly string[];
  readonly measures?: readonly Measure[];
}

/** Is one way to make processes go wrong; it says what else was broken. */
export interface SplitScenario extends Omit<Scenario, 'run' | 'layouts'> {
  readonly throwFaults: (stage: SplitStage, play: Play) => Promise<Found>;
}

/** Are the scenarios of servers and workers, with clients on real sockets. */
export const SPLIT_SCENARIOS: readonly SplitScenario[] = [
  {
    name: 'C16',
    title: 'clocks of a server and a worker are an hour wrong',
    throwFaults: async (stage) => ({ findings: await shelfLifeFindings(stage) }),
  },
  {
    name: 'C1',
    title: 'servers are killed',
    throwFaults: async (stage, play) => {
      const calm = await calmOf(stage);
      const outages = await killInTurn(stage, play, stage.servers);
      return { measures: survivorMeasures(stage, calm, outages) };
    },
  },
  {
    name: 'C2',
    title: 'all processes are told to stop, one after another',
    throwFaults: async (stage, play) => ({
      findings: [...(await restartAll(stage, play)), ...closesOf(stage, isNotRestart)],
    }),
  },
  {
    name: 'C3',
    title: 'processes stand still',
    throwFaults: async (stage, play) => {
      await freezeBoth(stage, play);
      return { findings: closesOf(stage) };
    },
  },
  {
    name: 'C4',
    title: 'workers are killed',
    throwFaults: async (stage, play) => {
      const calm = await calmOf(stage);
      await repeat(play, WORKER_KILL_MS, async () => {
        const worker = draw(play.random, stage.workers);
        await worker.restart();
        play.say(`${worker.name} was killed`);
      });
      return { findings: closesOf(stage), measures: throughputMeasures(stage, calm) };
    },
  },
  {
    name: 'C5',
    title: 'Redis is killed and comes back empty, under sockets',
    throwFaults: async ({ site, form }, play) => {
      await repeat(play, 0, async () => {
        const server = draw(play.random, await site.masters());
        await server.kill();
        await site.start(server);
        play.say(`${server.port} came back empty`);
        await last(within(form.restMs, play.random) + within(form.outageMs, play.random));
      });
      return {};
    },
  },
];

/** Plays a scenario on a stage that others may have been played on before. */
export async function playOn(
  stage: SplitStage,
  { throwFaults }: SplitScenario,
  play: Play,
): Promise<Outcome> {
  stage.crowd.takeCloses();
  const { findings, measures } = await throwFaults(stage, play);
  return { ...outcomeOf(await stage.judge(), findings), measures };
}

/** Are the same scenarios, each on a stage of its own. */
export const splitScenarios: readonly Scenario[] = SPLIT_SCENARIOS.map((scenario) => ({
  name: scenario.name,
  title: scenario.title,
  layouts: LAYOUTS,
  run: async (play) => {
    const stage = await SplitStage.start(play.layout, play.form);
    try {
      await stage.crowd.returned();
      return await playOn(stage, scenario, play);
    } finally {
      await stage.close();
    }
  },
}));

/** Restarts one process after another while people visit; says which of them were turned away. */
async function restartAll({ processes, visited }: SplitStage, { say }: Play): Promise<string[]> {
  const visitors = new Visitors(visited);
  const unclean: string[] = [];
  for (const victim of processes) {
    const start = performance.now();
    const exit = await victim.terminate();
    say(`${victim.name} took ${Math.round(performance.now() - start)} ms to end`);
    if (exit !== 0) unclean.push(`${victim.name} ended with ${exit}`);
    await victim.start();
  }
  const failures = await visitors.end();
  say(`${visitors.answered} visits were answered`);
  return [...unclean, ...failures];
}

/** By default no close is right: others end, or a server stands still for a moment. */
function closesOf({ crowd }: SplitStage, isWrong = (_code: number): boolean => true): string[] {
  const wrong = crowd.takeCloses().filter(isWrong);
  return wrong.map((code) => `a socket closed with ${code}`);
}

function isNotRestart(code: number): boolean {
  return code !== RESTARTING;
}
