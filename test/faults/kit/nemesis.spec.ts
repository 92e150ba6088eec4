import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { seededRandom } from '@nest-channels/core';
import { Nemesis } from './nemesis.js';
import { Victim } from './victim.js';

const SCRIPT = fileURLToPath(new URL('../app/sandbag.mjs', import.meta.url));

let victims: Victim[];

beforeEach(async () => {
  victims = ['one', 'two'].map((name) => new Victim(name, { script: SCRIPT }));
  await Promise.all(victims.map((victim) => victim.start()));
});
afterEach(() => Promise.all(victims.map((victim) => victim.kill())));

describe('a nemesis', () => {
  it('strikes who is up until nobody is left, and heals them', async () => {
    const nemesis = new Nemesis(victims, ['kill', 'terminate', 'freeze'], seededRandom(1));
    await nemesis.strike();
    await nemesis.strike();
    expect(await nemesis.strike()).toBeUndefined();
    expect(new Set(nemesis.strikes.map(({ victim }) => victim))).toEqual(new Set(['one', 'two']));
    expect(victims.some(({ state }) => state === 'up')).toBe(false);
    await nemesis.heal();
    expect(victims.map(({ state }) => state)).toEqual(['up', 'up']);
  });

  it('does the same for the same seed', async () => {
    const strikes = [];
    for (const nemesis of [1, 2].map(() => new Nemesis(victims, ['freeze'], seededRandom(7)))) {
      await nemesis.strike();
      await nemesis.heal();
      strikes.push(nemesis.strikes);
    }
    expect(strikes[0]).toEqual(strikes[1]);
  });
});
