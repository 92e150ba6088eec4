import { last, type Outcome, outcomeOf, type Play, repeat, type Scenario } from './scenario.js';
import { SplitStage } from './split-stage.js';

/** Is the code of a server that is told to stop. */
const RESTARTING = 1012;

/** Is how long there is calm between strikes. */
const CALM_MS = 300;

/** Is one way to make processes go wrong; it says what else was broken. */
export interface SplitScenario extends Omit<Scenario, 'run' | 'layouts'> {
  readonly throwFaults: (stage: SplitStage, play: Play) => Promise<readonly string[]>;
}

/** Are the scenarios of servers and workers, with clients on real sockets. */
export const SPLIT_SCENARIOS: readonly SplitScenario[] = [
  {
    name: 'C1',
    title: 'servers are killed',
    throwFaults: (stage, play) => strike(stage, play, 'servers', 'kill'),
  },
  {
    name: 'C2',
    title: 'all processes are told to stop, one after another',
    throwFaults: async (stage, { say }) => {
      for (const victim of stage.processes) {
        say(`${victim.name} ended with ${await victim.terminate()}`);
        await victim.start();
      }
      return stage
        .takeCloses()
        .filter(isNotRestart)
        .map((code) => `a socket closed with ${code}`);
    },
  },
  {
    name: 'C3',
    title: 'processes stand still',
    throwFaults: (stage, play) => strike(stage, play, 'processes', 'freeze'),
  },
  {
    name: 'C4',
    title: 'workers are killed',
    throwFaults: async (stage, play) => {
      await strike(stage, play, 'workers', 'kill');
      return closesOf(stage);
    },
  },
  {
    name: 'C5',
    title: 'Redis is killed and comes back empty, under sockets',
    throwFaults: async (stage, play) => {
      await repeat(play, CALM_MS, async () => {
        await stage.redis.kill();
        await stage.redis.start();
        play.say('Redis came back empty');
        await last(CALM_MS + 1_000 * play.random());
      });
      return [];
    },
  },
];

/** Plays a scenario on a stage that others may have been played on before. */
export async function playOn(
  stage: SplitStage,
  { throwFaults }: SplitScenario,
  play: Play,
): Promise<Outcome> {
  stage.takeCloses();
  const found = await throwFaults(stage, play);
  return outcomeOf(await stage.judge(), found);
}

/** Are the same scenarios, each on a stage of its own. */
export const splitScenarios: readonly Scenario[] = SPLIT_SCENARIOS.map((scenario) => ({
  name: scenario.name,
  title: scenario.title,
  layouts: ['single'],
  run: async (play) => {
    const stage = await SplitStage.start();
    try {
      await stage.judge();
      return await playOn(stage, scenario, play);
    } finally {
      await stage.close();
    }
  },
}));

async function strike(
  stage: SplitStage,
  play: Play,
  whom: 'servers' | 'workers' | 'processes',
  blow: 'kill' | 'freeze',
): Promise<readonly string[]> {
  const nemesis = stage.nemesis(stage[whom], [blow], play.random);
  await repeat(play, CALM_MS, async () => {
    const struck = await nemesis.strike();
    play.say(`${blow} ${struck?.victim ?? 'nobody'}`);
    await last(CALM_MS + 1_000 * play.random());
    await nemesis.heal();
  });
  return blow === 'freeze' ? closesOf(stage) : [];
}

/** No socket closes because others end, or because its server stood still for a moment. */
function closesOf(stage: SplitStage): string[] {
  return stage.takeCloses().map((code) => `a socket closed with ${code}`);
}

function isNotRestart(code: number): boolean {
  return code !== RESTARTING;
}
