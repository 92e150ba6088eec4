import type { RedisLayerOptions } from '@nest-channels/redis';
import { heldBytes } from '../kit/memory.js';
import { LayerStage } from './layer-stage.js';
import { last, type Outcome, outcomeOf, type Play, repeat, type Scenario } from './scenario.js';

/** Is how long a call may take: its deadline, and what its process needs to notice. */
const CALL_MS = 1_100;

/** Is how much more memory may be held because Redis does not answer. */
const MOST_BYTES = 32 * 1_048_576;

/** Is the share of what was sent that has to come while connections are killed. */
const MOST = 0.95;

/** Is how long there is traffic before and after a freeze. */
const CALM_MS = 300;

/** Throws faults, and says what it found meanwhile. */
type Throw = (stage: LayerStage, play: Play) => Promise<readonly string[] | void>;

interface LayerScenario extends Omit<Scenario, 'run'> {
  readonly settings?: readonly string[];
  readonly throwFaults: Throw;
  /** Says what else was broken. */
  readonly also?: (stage: LayerStage, outcome: Outcome) => readonly string[];
}

/** Are the errors that Redis answers with, each with how to begin and end it. */
const REFUSALS: readonly (readonly [begin: string, end: string])[] = [
  ['CONFIG SET maxmemory 1', 'CONFIG SET maxmemory 0'],
  ['CONFIG SET min-replicas-to-write 1', 'CONFIG SET min-replicas-to-write 0'],
  ['REPLICAOF 127.0.0.1 1', 'REPLICAOF NO ONE'],
  ['CLIENT PAUSE 300 WRITE', 'CLIENT UNPAUSE'],
];

const SLOW_LOAD = ['--key-load-delay', '200', '--loading-process-events-interval-bytes', '1024'];

const LAYER_SCENARIOS: readonly LayerScenario[] = [
  {
    name: 'C5',
    title: 'Redis is killed and comes back empty',
    throwFaults: (stage, play) =>
      repeat(play, 500 + 1_000 * play.random(), async () => {
        await stage.restartEmpty();
        play.say('Redis came back empty');
      }),
  },
  {
    name: 'C6',
    title: 'Redis is restarted and loads its data for long',
    settings: SLOW_LOAD,
    throwFaults: async (stage, play) => {
      const keys = Array.from({ length: 3_000 }, (_, key) => [`loading:${key}`, 'x'.repeat(64)]);
      await stage.admin.mset(...keys.flat());
      await repeat(play, 1_000, async () => {
        await stage.admin.call('SHUTDOWN', 'SAVE').catch(() => undefined);
        await stage.redis.kill();
        await stage.redis.start();
        play.say('Redis has loaded its data');
      });
    },
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
        await stage.admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
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
      let turn = 0;
      await repeat(play, 100, async () => {
        const [begin, end] = REFUSALS[turn++ % REFUSALS.length];
        play.say(begin);
        await stage.admin.call(...(begin.split(' ') as [string]));
        await last(100 + 200 * play.random());
        await stage.admin.call(...(end.split(' ') as [string]));
      });
    },
    also: ({ failures }) => failures.filter((failure) => !failure.startsWith('RedisUnavailable')),
  },
  {
    name: 'C14',
    title: 'nothing gets through one link, one way',
    throwFaults: async (stage, play) => {
      let turn = 0;
      await repeat(play, 50, async () => {
        const proxy = stage.proxies[Math.floor(stage.proxies.length * play.random())];
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

/** Returns the scenarios between layers and Redis, with all that was sent accounted for. */
export function layerScenarios(options: RedisLayerOptions = {}): Scenario[] {
  return LAYER_SCENARIOS.map((scenario) => ({
    name: scenario.name,
    title: scenario.title,
    run: (play) => runOn(scenario, options, play),
  }));
}

async function runOn(
  { settings, throwFaults, also }: LayerScenario,
  options: RedisLayerOptions,
  play: Play,
): Promise<Outcome> {
  const stage = await LayerStage.start(options, settings);
  try {
    stage.play();
    const found = (await throwFaults(stage, play)) ?? [];
    const outcome = outcomeOf(await stage.judge(), found);
    return { ...outcome, findings: [...outcome.findings, ...(also?.(stage, outcome) ?? [])] };
  } finally {
    await stage.close();
  }
}

async function freeze(stage: LayerStage, { durationMs, say }: Play): Promise<string[]> {
  await last(CALM_MS);
  const before = heldBytes();
  stage.redis.freeze();
  await last(durationMs - 2 * CALM_MS);
  const more = heldBytes() - before;
  stage.redis.thaw();
  say(`Redis thaws; ${more} bytes more are held`);
  await last(CALM_MS);
  return more > MOST_BYTES ? [`${more} bytes more were held while it was frozen`] : [];
}

function tooLong({ longestMs }: LayerStage): string[] {
  return longestMs > CALL_MS ? [`a call took ${Math.round(longestMs)} ms`] : [];
}
