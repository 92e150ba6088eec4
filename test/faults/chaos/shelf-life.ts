import type { RedisServer } from '../../../libs/redis/test/support/redis-server.js';
import type { Victim } from '../kit/victim.js';
import { last } from './scenario.js';
import type { SplitStage } from './split-stage.js';

/** Is how long a message keeps that is to be there still, and one that is to be gone. */
const LONG_MS = 60_000;
const BRIEF_MS = 500;

/** Is how long it is waited for what has to be there, and for what must not. */
const PATIENCE_MS = 10_000;
const IMPATIENCE_MS = 200;

/** Is how much longer than its messages a key may live, so that somebody can count them. */
const KEY_GRACE_MS = 61_000;

/**
 * Finds what expires too early or never, because the clock of a process is wrong.
 *
 * Each process puts something on channels that only the next one reads.
 */
export async function shelfLifeFindings(stage: SplitStage): Promise<string[]> {
  const { processes } = stage;
  for (const each of processes) {
    await each.ask('put', { channel: `early-${each.name}`, expiryMs: LONG_MS });
    await each.ask('put', { channel: `late-${each.name}`, expiryMs: BRIEF_MS });
  }
  await last(2 * BRIEF_MS);
  const pairs = processes.map((each, index) => [each, processes[(index + 1) % processes.length]]);
  const found = await Promise.all(pairs.map(([from, to]) => findingsBetween(from, to)));
  const immortal = await Promise.all((await stage.site.masters()).map(immortalKeys));
  return [...found, ...immortal].flat();
}

async function findingsBetween(from: Victim, to: Victim): Promise<string[]> {
  const early = { channel: `early-${from.name}`, expiryMs: LONG_MS, withinMs: PATIENCE_MS };
  const late = { channel: `late-${from.name}`, expiryMs: BRIEF_MS, withinMs: IMPATIENCE_MS };
  const { taken: isThere } = await to.ask('take', early);
  const { taken: isLate } = await to.ask('take', late);
  return [
    ...(isThere ? [] : [`what ${from.name} put was over too early for ${to.name}`]),
    ...(isLate ? [`what ${from.name} put was not over for ${to.name}`] : []),
  ];
}

async function immortalKeys(server: RedisServer): Promise<string[]> {
  const keys = (await server.ask('KEYS', '*shelf-*')) as string[];
  const lives = await Promise.all(keys.map(async (key) => Number(await server.ask('PTTL', key))));
  // Two leases of 60 s keep what says how a prefix is used.
  const most = 2 * LONG_MS + LONG_MS + KEY_GRACE_MS;
  return keys
    .filter((_, index) => lives[index] === -1 || lives[index] > most)
    .map((key) => `${key} does not expire`);
}
