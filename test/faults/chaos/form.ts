/** Is a stretch of time that the seed draws from. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Is how large servers and workers are played, and how fast they are struck. */
export interface Form {
  readonly servers: number;
  readonly workers: number;
  readonly rooms: number;
  /** Is how many clients of a server are in each room. */
  readonly seats: number;
  readonly wordsPerSecond: number;
  /** Is how long nothing happens at first, to know what calm is; not measured if 0. */
  readonly calmMs: number;
  /** Is how long there is calm between strikes, and how long what was struck is left so. */
  readonly restMs: Range;
  readonly outageMs: Range;
  /** Are how long processes stand still, one time after another. */
  readonly freezesMs: readonly number[];
  /** Is how long Redis stands still, again and again. */
  readonly redisFreezeMs: number;
}

/** Is what every run of the tests can afford. */
export const SHORT_FORM: Form = {
  servers: 2,
  workers: 2,
  rooms: 2,
  seats: 2,
  wordsPerSecond: 80,
  calmMs: 0,
  restMs: { least: 300, most: 300 },
  outageMs: { least: 300, most: 1_300 },
  freezesMs: [800],
  redisFreezeMs: 2_300,
};

/** Is 300 clients on three servers, struck every 3 to 8 seconds. */
export const LONG_FORM: Form = {
  servers: 3,
  workers: 2,
  rooms: 25,
  seats: 4,
  wordsPerSecond: 200,
  calmMs: 10_000,
  restMs: { least: 3_000, most: 8_000 },
  outageMs: { least: 300, most: 1_300 },
  freezesMs: [5_000, 20_000, 90_000],
  redisFreezeMs: 10_000,
};

/** Returns a number of a range. */
export function within({ least, most }: Range, random: () => number): number {
  return least + (most - least) * random();
}
