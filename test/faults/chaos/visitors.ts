import { get } from 'node:http';
import { delay, systemClock } from '@nest-channels/core';
import type { Report, Victim } from '../kit/victim.js';

/** Is how often somebody comes. */
const PAUSE_MS = 20;

/** Is a server that is visited. */
export interface Visited {
  readonly port: number;
  readonly process: Victim;
}

/** Are plain HTTP requests, one after another, each to the next server that takes it. */
export class Visitors {
  answered = 0;
  readonly #failures: string[] = [];
  /** Are requests that were taken, and those whose connection ended without an answer. */
  readonly #taken = new Set<string>();
  readonly #unanswered: string[] = [];
  #state: 'coming' | 'away' = 'coming';
  readonly #coming: Promise<void>;

  constructor(private readonly servers: readonly Visited[]) {
    for (const { process } of servers) process.reports.on('visited', this.#note);
    this.#coming = this.#come();
  }

  /** Resolves when the last one is through, with what went wrong. */
  async end(): Promise<string[]> {
    this.#state = 'away';
    await this.#coming;
    for (const { process } of this.servers) process.reports.off('visited', this.#note);
    const dropped = this.#unanswered.filter((id) => this.#taken.has(id));
    return [...this.#failures, ...dropped.map((id) => `request ${id} was taken and not answered`)];
  }

  readonly #note = (report: Report): void => void this.#taken.add(String(report['id']));

  async #come(): Promise<void> {
    const visits: Promise<void>[] = [];
    for (let turn = 0; this.#state === 'coming'; turn++) {
      visits.push(this.#visit(turn));
      await delay(systemClock, PAUSE_MS);
    }
    await Promise.all(visits);
  }

  /** Tries each server once, as a front does where a connection ends before the answer. */
  async #visit(turn: number): Promise<void> {
    for (let tried = 0; tried < this.servers.length; tried++) {
      const { port } = this.servers[(turn + tried) % this.servers.length];
      const id = `${turn}-${tried}`;
      const status = await statusOf(port, id);
      if (status === 200) return void this.answered++;
      if (status !== undefined) return void this.#failures.push(`${id} was answered ${status}`);
      this.#unanswered.push(id);
    }
    this.#failures.push('no server took a request');
  }
}

/** Returns the status of the answer, if there was one. */
function statusOf(port: number, id: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: `/visits?id=${id}`, agent: false });
    request.on('error', () => resolve(undefined));
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
  });
}
