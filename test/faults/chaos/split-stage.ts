import { resolve } from 'node:path';
import { freePorts } from '../../../libs/redis/test/support/redis-process.js';
import { check, type Verdict } from '../kit/checker.js';
import { History } from '../kit/history.js';
import { Victim } from '../kit/victim.js';
import { Crowd, TASKS } from './crowd.js';
import type { Form } from './form.js';
import type { LayoutName, RedisSite } from './redis-site.js';
import { startSite } from './start-site.js';
import type { Visited } from './visitors.js';

/** Is found from the root of the repository: this file may run compiled, elsewhere. */
const SCRIPT = resolve('test/faults/app/dist/main.js');

/** Is how long a message keeps, on each of the two ways that a word goes. */
const EXPIRY_MS = 10_000;
const WAYS = 2;

const HOUR_MS = 3_600_000;

/**
 * Is an application in servers and workers over a layout of Redis, with a crowd that keeps talking.
 *
 * One server and one worker have a wall clock that is an hour wrong, one before and one after.
 */
export class SplitStage {
  readonly crowd: Crowd;
  readonly #history = new History();

  private constructor(
    readonly form: Form,
    readonly site: RedisSite,
    readonly visited: readonly Visited[],
    readonly workers: readonly Victim[],
  ) {
    for (const each of workers) note(each, this.#history);
    const places = visited.map(({ port, process }) => ({ name: process.name, port }));
    this.crowd = new Crowd(this.#history, form, places);
  }

  static async start(layout: LayoutName, form: Form): Promise<SplitStage> {
    const site = await startSite(layout);
    const env = { LAYER: JSON.stringify({ ...site.options, expiryMs: EXPIRY_MS }) };
    const ports = await freePorts(form.servers);
    const visited = ports.map((port, index) => ({ port, process: serverAt(port, index, env) }));
    const workers = Array.from({ length: form.workers }, (_, index) => workerAt(index, env));
    const processes = [...visited.map(({ process }) => process), ...workers];
    await Promise.all(processes.map((each) => each.start()));
    return new SplitStage(form, site, visited, workers);
  }

  get servers(): Victim[] {
    return this.visited.map(({ process }) => process);
  }

  get processes(): Victim[] {
    return [...this.servers, ...this.workers];
  }

  /** Waits until everybody is back, asks all of them for a sign of life, and judges. */
  async judge(): Promise<Verdict> {
    await this.site.healed();
    await this.crowd.returned();
    await this.crowd.probe();
    // Rooms and speakers are answered on two ways, and any worker may take a task.
    const unordered = [TASKS, ...this.crowd.clients.map(({ name }) => name)];
    return check(this.#history.events, { expiryMs: WAYS * EXPIRY_MS, unordered });
  }

  async close(): Promise<void> {
    await this.crowd.leave();
    await Promise.all(this.processes.map((each) => each.kill()));
    await this.site.close();
  }
}

type Environment = Readonly<Record<string, string>>;

function serverAt(port: number, index: number, env: Environment): Victim {
  const role = { ROLE: 'server', PORT: `${port}`, CLOCK_SKEW_MS: `${-skewMs(index)}` };
  return new Victim(`server${index}`, { script: SCRIPT, env: { ...env, ...role } });
}

function workerAt(index: number, env: Environment): Victim {
  const role = { ROLE: 'worker', CLOCK_SKEW_MS: `${skewMs(index)}` };
  return new Victim(`worker${index}`, { script: SCRIPT, env: { ...env, ...role } });
}

/** It is the clock of the second one that is wrong. */
function skewMs(index: number): number {
  return index === 1 ? HOUR_MS : 0;
}

/** Takes note of the tasks that a worker begins. */
function note(worker: Victim, history: History): void {
  worker.reports.on('ran', ({ id }) => {
    history.delivery({ id: String(id), receiver: TASKS, process: worker.name });
  });
}
