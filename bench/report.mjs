import { cpus, loadavg, totalmem } from 'node:os';

/** @import { Bar, Run } from './run.mjs' */

/** @typedef {{ median: number, lowest: number, highest: number }} Spread */

/** @typedef {Spread & { title: string, limit: string, passed?: boolean }} Verdict */

/**
 * Says what the figures were measured on.
 *
 * @param {string} node is the version the rows run under
 */
export function machine(node) {
  const cores = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    node,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0],
  };
}

/** @param {ReturnType<typeof machine>} about */
export function printMachine({ date, node, cpu, cores, memoryGiB, load }) {
  console.log(`${date}, Node ${node}, ${cores} cores of ${cpu}, ${memoryGiB} GiB`);
  if (load > 0.5) console.log(`The machine is busy (load ${load.toFixed(1)}): trust ratios only.`);
}

/**
 * @param {readonly number[]} values
 * @returns {Spread}
 */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
  return { median, lowest: sorted[0], highest: sorted[sorted.length - 1] };
}

/**
 * Compares what was measured with each bar; rows that were not run leave their bars out.
 *
 * @param {readonly Bar[]} bars
 * @param {readonly Run[]} runs
 * @returns {Verdict[]}
 */
export function judge(bars, runs) {
  const known = bars.filter(({ row, over }) => runs[0]?.[row] && (!over || runs[0][over]));
  return known.map((bar) => {
    const values = spread(runs.map((run) => valueOf(bar, run)));
    return { title: bar.title, ...values, limit: limitOf(bar), passed: isMet(bar, values.median) };
  });
}

/**
 * @param {Bar} bar
 * @param {Run} run
 */
function valueOf({ row, figure, over }, run) {
  return run[row][figure] / (over ? run[over][figure] : 1);
}

/**
 * @param {Bar} bar
 * @param {number} value
 */
function isMet({ atMost, atLeast }, value) {
  if (atMost === undefined && atLeast === undefined) return undefined;
  return value <= (atMost ?? Infinity) && value >= (atLeast ?? -Infinity);
}

/** @param {Bar} bar */
function limitOf({ atMost, atLeast }) {
  if (atMost !== undefined) return `≤ ${inShort(atMost)}`;
  return atLeast === undefined ? '' : `≥ ${inShort(atLeast)}`;
}

/** @param {readonly Run[]} runs */
export function printRows(runs) {
  const lines = Object.entries(runs[0]).flatMap(([row, figures]) =>
    Object.keys(figures).map((name) => {
      const { median, lowest, highest } = spread(runs.map((run) => run[row][name]));
      return [row, name, inShort(median), `${inShort(lowest)} – ${inShort(highest)}`];
    }),
  );
  printTable(['row', 'figure', 'median', 'range'], lines);
}

/** @param {readonly Verdict[]} verdicts */
export function printBars(verdicts) {
  const lines = verdicts.map(({ title, median, lowest, highest, limit, passed }) => {
    const verdict = passed === undefined ? '' : passed ? 'PASS' : 'MISS';
    return [title, inShort(median), `${inShort(lowest)} – ${inShort(highest)}`, limit, verdict];
  });
  printTable(['bar or ratio', 'median', 'range', 'limit', ''], lines);
}

/**
 * Prints a table that is Markdown too.
 *
 * @param {readonly string[]} head
 * @param {readonly string[][]} lines
 */
function printTable(head, lines) {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column].length)),
  );
  /** @param {readonly string[]} cells */
  const print = (cells) =>
    console.log(`| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`);
  console.log();
  print(head);
  print(widths.map((width) => '-'.repeat(width)));
  for (const line of lines) print(line);
}

const GROUPED = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** @param {number} value */
function inShort(value) {
  return GROUPED.format(value);
}
