// Runs one benchmark, under another Node too:
// node bench/run.mjs memory [--runs 5] [--only text] [--node path] [--cpu-prof] [--strict]
import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { judge, machine, printBars, printMachine, printRows } from './report.mjs';

/**
 * @typedef {Record<string, number>} Figures Are what a row measured, by a name that ends in its unit.
 *
 * @typedef {{ name: string, measure: () => Promise<Figures> }} Row Is measured in its own process.
 *
 * @typedef {object} Bar Compares one figure with a limit, or only reports it if there is none.
 * @property {string} title
 * @property {string} row
 * @property {string} figure
 * @property {string} [over] Row to divide by: the value is then a ratio within one run.
 * @property {number} [atMost]
 * @property {number} [atLeast]
 *
 * @typedef {Record<string, Figures>} Run Are the figures of all rows of one run, by row.
 */

const RESULTS = new URL('results/', import.meta.url);
/** Ends a row that hangs. */
const ROW_TIMEOUT_MS = 300_000;
/** Holds what servers complain about while they are ill-treated. */
const OUTPUT_BYTES = 64 * 1024 * 1024;

const run = promisify(execFile);

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    node: { type: 'string', default: process.execPath },
    'cpu-prof': { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
  },
});

const [bench] = positionals;
const benches = await benchNames();
if (!benches.includes(bench)) {
  console.error(`Say which benchmark to run: ${benches.join(', ')}.`);
  process.exit(2);
}

/** @type {{ rows: Row[], bars: Bar[] }} */
const { rows, bars } = await import(`./${bench}/index.mjs`);
const chosen = rows.filter(({ name }) => name.includes(options.only));
if (chosen.length === 0) {
  console.error(`No row has "${options.only}" in its name.`);
  process.exit(2);
}
const about = machine(await versionOf(options.node));
printMachine(about);
const runs = await runAll();
const verdicts = judge(bars, runs);
printRows(runs);
printBars(verdicts);
await save();
if (options.strict && verdicts.some(({ passed }) => passed === false)) process.exitCode = 1;

/** Measures row by row and run by run, so that the rows a ratio compares share a run. */
async function runAll() {
  const count = Number(options.runs);
  /** @type {Run[]} */
  const done = [];
  for (let index = 1; index <= count; index++) {
    /** @type {Run} */
    const figures = {};
    for (const { name } of chosen) {
      progress(`run ${index} of ${count}: ${name}`);
      figures[name] = await measureApart(name);
    }
    done.push(figures);
  }
  progress('');
  return done;
}

/**
 * Measures one row in a process of its own.
 *
 * @param {string} row
 * @returns {Promise<Figures>}
 */
async function measureApart(row) {
  const profile = ['--cpu-prof', `--cpu-prof-dir=${fileURLToPath(new URL('profiles', RESULTS))}`];
  const flags = ['--expose-gc', ...(options['cpu-prof'] ? profile : [])];
  const script = fileURLToPath(new URL('row.mjs', import.meta.url));
  const { stdout } = await run(options.node, [...flags, script, bench, row], {
    timeout: ROW_TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES,
  });
  return JSON.parse(stdout);
}

/** @param {string} node */
async function versionOf(node) {
  const { stdout } = await run(node, ['--version']);
  return stdout.trim();
}

/** @param {string} text */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (text) process.stderr.write(`${text}\n`);
}

async function save() {
  await mkdir(RESULTS, { recursive: true });
  const version = about.node === process.version ? '' : `.${about.node}`;
  const file = new URL(`${bench}${version}${options.only ? '.part' : ''}.json`, RESULTS);
  const figures = { bench, ...about, bars: verdicts, runs };
  await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
  console.log(`\nAll figures are in ${fileURLToPath(file)}.`);
}

async function benchNames() {
  const entries = await readdir(new URL('.', import.meta.url), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'results')
    .map(({ name }) => name);
}
