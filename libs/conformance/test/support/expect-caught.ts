import { expect } from '@jest/globals';
import type { ChannelLayer } from '@nest-channels/core';
import { layerConformance, type LayerLimits } from '../../src/index.js';
import { altered } from './altered.js';
import { EXTENSIONS, Memory } from './memory.js';
import { RecordingRunner } from './recording-runner.js';

/** Is what a defect works with. */
export interface Sound {
  /** Is the layer that is to be broken. */
  readonly layer: ChannelLayer;
  readonly limits: LayerLimits;
  /** Makes a sound layer with other limits. */
  readonly another: (limits: Partial<LayerLimits>) => ChannelLayer;
  readonly now: () => number;
}

/** Breaks a layer in one way: returns what is to be replaced in it, or a layer instead of it. */
export type Defect = (sound: Sound) => Partial<ChannelLayer>;

/** Is a defect after what it does, and before the titles of the tests that have to catch it. */
export type Broken = readonly [does: string, defect: Defect, ...caughtBy: readonly string[]];

/** Is long for a layer in memory, and taken only by what never comes. */
const PATIENCE_MS = 60;

/** Expects that the tests of a theme catch a defect. */
export async function expectCaught(theme: string, [, defect, ...caughtBy]: Broken): Promise<void> {
  const failed = await failuresWith(theme, defect);
  const titles = caughtBy.map((title) => `${theme}: ${title}`);
  expect([...failed.keys()]).toEqual(expect.arrayContaining(titles));
}

/** Runs a theme, or all of them, against layers with a defect, and returns what failed. */
export function failuresWith(
  theme: string,
  defect: Defect,
  patienceMs = PATIENCE_MS,
): Promise<Map<string, unknown>> {
  const memory = new Memory();
  const runner = new RecordingRunner();
  const create = (limits: LayerLimits): ChannelLayer => {
    const layer = memory.create(limits);
    const another = (changes: Partial<LayerLimits>) => memory.create({ ...limits, ...changes });
    return altered(layer, defect({ layer, limits, another, now: () => memory.clock.now() }));
  };
  const extensions = EXTENSIONS;
  layerConformance({ create, clock: memory, runner, extensions, patienceMs });
  return runner.failures(theme);
}
