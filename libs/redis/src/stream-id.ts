/** Is before every place in a stream. */
export const STREAM_START = '0-0';

/** Says whether one place in a stream is before another. */
export function isBefore(id: string, other: string): boolean {
  const [[time, count], [otherTime, otherCount]] = [partsOf(id), partsOf(other)];
  return time < otherTime || (time === otherTime && count < otherCount);
}

/** Returns the first place that is behind this one. */
export function after(id: string): string {
  const [time, count] = partsOf(id);
  return `${time}-${count + 1}`;
}

/** Returns when an entry was made, by the clock of Redis. */
export function timeOf(id: string): number {
  return partsOf(id)[0];
}

function partsOf(id: string): [time: number, count: number] {
  const dash = id.indexOf('-');
  return [Number(id.slice(0, dash)), Number(id.slice(dash + 1))];
}
