import { delay, systemClock } from '@nest-channels/core';
import { describeFindings, type Verdict } from '../kit/checker.js';
import type { Form } from './form.js';
import type { Measure } from './measure.js';
import type { LayoutName } from './redis-site.js';

/** Is how a scenario is played. */
export interface Play {
  readonly layout: LayoutName;
  readonly form: Form;
  /** Decides what happens when: the same seed, the same faults. */
  readonly random: () => number;
  /** Is how long faults are thrown. */
  readonly durationMs: number;
  /** Is told what happens. */
  readonly say: (what: string) => void;
}

/** Is what a scenario found. */
export interface Outcome {
  /** Are the broken promises; none if all were kept. */
  readonly findings: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly measures?: readonly Measure[];
}

/** Is one way to make things go wrong, and what has to hold then. */
export interface Scenario {
  /** Is its short name, such as `C5`. */
  readonly name: string;
  readonly title: string;
  /** Are the layouts on which it makes sense. */
  readonly layouts: readonly LayoutName[];
  run(play: Play): Promise<Outcome>;
}

/** Says what a verdict found, and what a scenario found beside it. */
export function outcomeOf(verdict: Verdict, others: readonly string[] = []): Outcome {
  return { findings: [...describeFindings(verdict.findings), ...others], counts: verdict.counts };
}

/** Does something again and again, at most so often, for as long as the play lasts. */
export async function repeat(
  { durationMs }: Play,
  everyMs: number,
  strike: () => Promise<void> | void,
): Promise<void> {
  const end = systemClock.now() + durationMs;
  while (systemClock.now() < end) {
    await strike();
    await delay(systemClock, everyMs);
  }
}

/** Lets time pass, as a fault lasts. */
export function last(ms: number): Promise<void> {
  return delay(systemClock, ms);
}
