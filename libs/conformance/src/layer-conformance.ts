import { randomBytes } from 'node:crypto';
import type { LayerExtension } from '@nest-channels/core';
import type { ConformanceOptions } from './conformance-options.js';
import { ContradictingDeclaration } from './errors.js';
import type { Fact, Theme } from './theme.js';
import { THEMES } from './themes.js';
import { Trial } from './trial.js';

const EXTENSIONS: ReadonlySet<string> = new Set<LayerExtension>([
  'groups',
  'flush',
  'statistics',
  'push',
]);

/**
 * Registers the tests that every channel layer must pass.
 *
 * Call it where tests are registered, at the top of a test file. Each test has a layer and names of
 * its own, so they need no order and no cleaning up; nothing really waits unless the clock does.
 *
 * @throws ContradictingDeclaration `CHANNELS_CONFORMANCE_CONTRADICTION` for an unknown extension
 */
export function layerConformance(options: ConformanceOptions): void {
  const { runner, extensions = [] } = options;
  for (const extension of extensions) assertKnown(extension);
  const prefix = `conformance.${randomBytes(4).toString('hex')}`;
  let count = 0;
  for (const theme of THEMES) {
    runner.describe(theme.title, () => {
      for (const fact of theme.facts) {
        register(options, theme, fact, new Trial(options, `${prefix}.${count++}`));
      }
    });
  }
}

function register(options: ConformanceOptions, theme: Theme, fact: Fact, trial: Trial): void {
  const { it } = options.runner;
  const body = (): Promise<void> => run(fact, trial);
  if (isDeclared(options, theme, fact)) it(fact.title, body);
  else it.skip?.(fact.title, body);
}

function isDeclared(options: ConformanceOptions, theme: Theme, fact: Fact): boolean {
  const { extensions = [], connect } = options;
  const needs = [...(theme.needs ?? []), ...(fact.needs ?? [])];
  return needs.every((need) => extensions.includes(need)) && (!fact.needsConnect || !!connect);
}

async function run(fact: Fact, trial: Trial): Promise<void> {
  try {
    await trial.open(fact.limits);
    await fact.check(trial);
  } finally {
    await trial.close();
  }
}

function assertKnown(extension: string): void {
  if (EXTENSIONS.has(extension)) return;
  const known = [...EXTENSIONS].join(', ');
  throw new ContradictingDeclaration(`"${extension}" is no extension, there are ${known}`);
}
