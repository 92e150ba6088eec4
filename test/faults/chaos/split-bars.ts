import { type Latency, p99 } from '../kit/latencies.js';
import type { Measure } from './measure.js';
import { last } from './scenario.js';
import type { SplitStage } from './split-stage.js';
import type { Outage } from './strikes.js';

/** Is how much slower those may be who were not struck. */
const SLOWER = 2;

/** Is how long it may take until the sockets of a server that was killed are back. */
const BACK_MS = 10_000;

/** Is the share of what is heard in calm that has to be heard while workers are killed. */
const SHARE = 0.7;

/** Is what is heard while nothing happens. */
export interface Calm {
  readonly p99Ms: number;
  readonly perSecond: number;
  /** Is when it ended. */
  readonly until: number;
}

/** Lets nothing happen for as long as the form says, and tells what calm is; nothing in the short form. */
export async function calmOf({ crowd, form }: SplitStage): Promise<Calm | undefined> {
  if (form.calmMs === 0) return undefined;
  const from = performance.now();
  await last(form.calmMs);
  const until = performance.now();
  const heard = crowd.latencies.of(({ saidAt }) => saidAt > from && saidAt < until);
  return { p99Ms: p99(heard), perSecond: (1_000 * heard.length) / (until - from), until };
}

/** Measures those who were not struck against calm, and how soon the others were back. */
export function survivorMeasures(
  { crowd }: SplitStage,
  calm: Calm | undefined,
  outages: readonly Outage[],
): Measure[] {
  if (!calm) return [];
  const survivors = crowd.latencies.of((latency) => {
    return latency.saidAt > calm.until && !outages.some((outage) => isStruck(latency, outage));
  });
  const most = SLOWER * calm.p99Ms;
  const backMs = Math.max(...outages.map(({ from, to }) => to - from));
  return [
    { what: 'p99 of survivors in ms', value: p99(survivors), most },
    { what: 'ms until sockets were back', value: backMs, most: BACK_MS },
  ];
}

/** Measures how much is heard since calm was over, against calm. */
export function throughputMeasures({ crowd }: SplitStage, calm: Calm | undefined): Measure[] {
  if (!calm) return [];
  const heard = crowd.latencies.of(({ saidAt }) => saidAt > calm.until).length;
  const perSecond = (1_000 * heard) / (performance.now() - calm.until);
  return [{ what: 'share of calm throughput', value: perSecond / calm.perSecond, least: SHARE }];
}

function isStruck({ saidAt, ms, from, to }: Latency, outage: Outage): boolean {
  const isOfTheirs = outage.name === from || outage.name === to;
  return isOfTheirs && saidAt <= outage.to && outage.from <= saidAt + ms;
}
