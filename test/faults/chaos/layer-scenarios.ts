import type { RedisServer } from '../../../libs/redis/test/support/redis-server.js';
import { heldBytes } from '../kit/memory.js';
import { draw } from './draw.js';
import { LayerStage } from './layer-stage.js';
import { type LayoutName, LAYOUTS } from './redis-site.js';
import { fill, saveAndEnd } from './saved-data.js';
import { last, type Outcome, outcomeOf, type Play, repeat, type Scenario } from './scenario.js';

/** Is how long a call may take: its deadline, and what its process needs to notice. */
const CALL_MS = 1_100;

/** Is how much more memory may be held because Redis does not answer. */
const MOST_BYTES = 32 * 1_048_576;

/** Is the share of what was sent that has to come while connections are killed. */
const MOST = 0.95;

/** Is how long nothing may be accepted while another server takes over, and the rest after that. */
const GAP_MS = 10_000;
const REST_MS = 1_000;

/** Is how long there is traffic before and after a freeze. */
const CALM_MS = 300;

/** Are layouts in which nobody else decides which server is the master. */
const UNWATCHED: readonly LayoutName[] = ['single', 'encrypted', 'shards'];

/** Throws faults, and says what it found meanwhile. */
type Throw = (stage: LayerStage, play: Play) => Promise<readonly string[] | void>;

interface LayerScenario extends Omit<Scenario, 'run' | 'layouts'> {
  /** All of them if absent. */
  readonly layouts?: readonly LayoutName[];
  readonly throwFaults: Throw;
  /** Says what else was broken. */
  readonly also?: (stage: LayerStage, outcome: Outcome) => readonly string[];
}

/** Is an error that Redis answers with: how to begin and end it, and where that is possible. */
interface Refusal {
  readonly begin: string;
  readonly end: string;
  readonly layouts: readonly LayoutName[];
}

const REFUSALS: readonly Refusal[] = [
  { begin: 'CONFIG SET maxmemory 1', end: 'CONFIG SET maxmemory 0', layouts: LAYOUTS },
  {
    begin: 'CONFIG SET min-replicas-to-write 9',
    end: 'CONFIG SET min-replicas-to-write 0',
    layouts: LAYOUTS,
  },
  { begin: 'REPLICAOF 127.0.0.1 1', end: 'REPLICAOF NO ONE', layouts: UNWATCHED },
  { begin: 'CLIENT PAUSE 300 WRITE', end: 'CLIENT UNPAUSE', layouts: LAYOUTS },
];

const KILL_NORMAL = ['KILL', 'TYPE', 'normal', 'SKIPME', 'yes'] as const;

const SLOW_LOAD = ['--key-load-delay', '200', '--loading-process-events-interval-bytes', '1024'];

const LAYER_SCENARIOS: readonly LayerScenario[] = [
  {
    name: 'C5',
    title: 'Redis is killed and comes back empty',
    throwFaults: (stage, play) =>
      repeat(play, 500 + 1_000 * play.random(), async () => {
        const server = draw(play.random, await stage.site.masters());
        await stage.restartEmpty(server);
        play.say(`${server.port} came back empty`);
      }),
  },
  {
    name: 'C6',
    title: 'Redis is restarted and loads its data for long',
    // Under Sentinel a replica takes over, as in C11.
    layouts: LAYOUTS.filter((layout) => layout !== 'sentinel'),
    throwFaults: (stage, play) =>
      repeat(play, 1_000, async () => {
        const server = draw(play.random, await stage.site.masters());
        await fill(server, 3_000);
        stage.upheaves();
        await saveAndEnd(server);
        await stage.site.start(server, ...SLOW_LOAD);
        play.say(`${server.port} has loaded its data`);
      }),
    also: ({ failures }) => failures.filter((failure) => !failure.startsWith('RedisUnavailable')),
  },
  {
    name: 'C7',
    title: 'Redis is frozen',
    throwFaults: freeze,
    also: tooLong,
  },
  {
    name: 'C8',
    title: 'connections are killed five times a second',
    throwFaults: (stage, play) =>
      repeat(play, 200, async () => {
        const servers = await stage.site.masters();
        await Promise.all(servers.map((server) => server.ask('CLIENT', ...KILL_NORMAL)));
      }),
    also: (_stage, { counts }) => {
      const { sent, delivered } = counts;
      return delivered < MOST * sent ? [`only ${delivered} of ${sent} sent came`] : [];
    },
  },
  {
    name: 'C9',
    title: 'every 50th request is done and its answer cut off',
    throwFaults: async (stage, play) => {
      let requests = 0;
      for (const proxy of stage.proxies) proxy.cutAfter(() => ++requests % 50 === 0);
      await last(play.durationMs);
      play.say(`${stage.proxies.reduce((sum, { cuts }) => sum + cuts, 0)} answers were cut off`);
    },
  },
  {
    name: 'C10',
    title: 'Redis refuses writes for one reason after another',
    throwFaults: async (stage, play) => {
      const refusals = REFUSALS.filter(({ layouts }) => layouts.includes(play.layout));
      let turn = 0;
      await repeat(play, 100, () => refuse(stage, play, refusals[turn++ % refusals.length]));
    },
    also: ({ failures }) => failures.filter((failure) => !failure.startsWith('RedisUnavailable')),
  },
  {
    name: 'C11',
    title: 'others take over, and slots move',
    layouts: ['cluster', 'sentinel'],
    throwFaults: async (stage, play) => {
      let turn = 0;
      await repeat(play, REST_MS, async () => {
        const { takeovers } = stage.site;
        const takeover = takeovers[turn++ % takeovers.length];
        if (!takeover.isWhole) stage.upheaves('deaths');
        await takeover.run(play.random);
        play.say(takeover.title);
      });
      play.say(`nothing was accepted for ${Math.round(stage.longestGapMs)} ms at most`);
    },
    also: ({ longestGapMs }) =>
      longestGapMs > GAP_MS ? [`nothing was accepted for ${Math.round(longestGapMs)} ms`] : [],
  },
  {
    name: 'C14',
    title: 'nothing gets through one link, one way',
    throwFaults: async (stage, play) => {
      let turn = 0;
      await repeat(play, 50, async () => {
        // One that leads to a replica has none.
        const used = stage.proxies.filter(({ connections }) => connections > 0);
        if (used.length === 0) return;
        const proxy = draw(play.random, used);
        proxy.blackHole(turn++ % 2 === 0 ? 'request' : 'reply');
        // Some of them last for longer than a call may.
        await last(1_300 * play.random());
        proxy.heal();
      });
    },
    also: tooLong,
  },
  {
    name: 'C15',
    title: 'bytes come one at a time, and some of them late',
    throwFaults: (stage, play) =>
      repeat(play, 50, async () => {
        for (const proxy of stage.proxies) {
          proxy.slice(1 + Math.floor(4 * play.random()));
          proxy.latency(play.random() < 0.3 ? 20 * play.random() : 0);
        }
        await last(50);
      }),
    also: ({ layers }) => {
      const malformed = layers.reduce((sum, layer) => sum + layer.malformedMessages, 0);
      return malformed > 0 ? [`${malformed} malformed`] : [];
    },
  },
];

/** Are the scenarios between layers and Redis, with all that was sent accounted for. */
export const layerScenarios: readonly Scenario[] = LAYER_SCENARIOS.map((scenario) => ({
  name: scenario.name,
  title: scenario.title,
  layouts: scenario.layouts ?? LAYOUTS,
  run: (play) => runOn(scenario, play),
}));

async function runOn({ throwFaults, also }: LayerScenario, play: Play): Promise<Outcome> {
  const stage = await LayerStage.start(play.layout);
  try {
    stage.play();
    const found = (await throwFaults(stage, play)) ?? [];
    const outcome = outcomeOf(await stage.judge(), found);
    return { ...outcome, findings: [...outcome.findings, ...(also?.(stage, outcome) ?? [])] };
  } finally {
    await stage.close();
  }
}

async function freeze(stage: LayerStage, play: Play): Promise<string[]> {
  await last(CALM_MS);
  const before = heldBytes();
  let most = 0;
  await repeat(play, CALM_MS, async () => {
    const server = draw(play.random, await stage.site.masters());
    stage.upheaves();
    server.freeze();
    await last(play.form.redisFreezeMs);
    most = Math.max(most, heldBytes() - before);
    server.thaw();
    play.say(`${server.port} thaws; ${most} bytes more were held at most`);
  });
  return most > MOST_BYTES ? [`${most} bytes more were held while it was frozen`] : [];
}

async function refuse(stage: LayerStage, play: Play, { begin, end }: Refusal): Promise<void> {
  const server = draw(play.random, await stage.site.masters());
  play.say(`${server.port}: ${begin}`);
  await ask(server, begin);
  await last(100 + 200 * play.random());
  await ask(server, end);
}

function ask(server: RedisServer, line: string): Promise<unknown> {
  const [command, ...args] = line.split(' ');
  return server.ask(command, ...args);
}

function tooLong({ longestMs }: LayerStage): string[] {
  return longestMs > CALL_MS ? [`a call took ${Math.round(longestMs)} ms`] : [];
}
