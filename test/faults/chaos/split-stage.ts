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
  private constructor(
    readonly form: Form,
    readonly site: RedisSite,
    private readonly ports: readonly number[],
    readonly servers: readonly Victim[],
    readonly workers: readonly Victim[],
    private readonly history: History,
    readonly crowd: Crowd,
  ) {}

  static async start(layout: LayoutName, form: Form): Promise<SplitStage> {
    const site = await startSite(layout);
    const ports = await freePorts(form.servers);
    const env = { LAYER: JSON.stringify({ ...site.options, expiryMs: EXPIRY_MS }) };
    const servers = ports.map((port, index) => {
      return victim(
        `server${index}`,
        { ...env, ROLE: 'server', PORT: `${port}` },
        -HOUR_MS * skewed(index),
      );
    });
    const workers = Array.from({ length: form.workers }, (_, index) => {
      return victim(`worker${index}`, { ...env, ROLE: 'worker' }, HOUR_MS * skewed(index));
    });
    await Promise.all([...servers, ...workers].map((each) => each.start()));
    const history = new History();
    for (const worker of workers) note(worker, history);
    const places = ports.map((port, index) => ({ name: servers[index].name, port }));
    const crowd = new Crowd(history, form, places);
    return new SplitStage(form, site, ports, servers, workers, history, crowd);
  }

  get processes(): Victim[] {
    return [...this.servers, ...this.workers];
  }

  /** Lists the servers with where they listen. */
  get visited(): Visited[] {
    return this.servers.map((process, index) => ({ process, port: this.ports[index] }));
  }

  /** Waits until everybody is back, asks all of them for a sign of life, and judges. */
  async judge(): Promise<Verdict> {
    await this.site.healed();
    await this.crowd.returned();
    await this.crowd.probe();
    // Rooms and speakers are answered on two ways, and any worker may take a task.
    const unordered = [TASKS, ...this.crowd.clients.map(({ name }) => name)];
    return check(this.history.events, { expiryMs: WAYS * EXPIRY_MS, unordered });
  }

  async close(): Promise<void> {
    await this.crowd.leave();
    await Promise.all(this.processes.map((each) => each.kill()));
    await this.site.close();
  }
}

function victim(name: string, env: Readonly<Record<string, string>>, skewMs: number): Victim {
  return new Victim(name, { script: SCRIPT, env: { ...env, CLOCK_SKEW_MS: `${skewMs}` } });
}

/** It is the clock of the second one that is wrong. */
function skewed(index: number): 0 | 1 {
  return index === 1 ? 1 : 0;
}

/** Takes note of the tasks that a worker begins. */
function note(worker: Victim, history: History): void {
  worker.reports.on('ran', ({ id }) => {
    history.delivery({ id: String(id), receiver: TASKS, process: worker.name });
  });
}
