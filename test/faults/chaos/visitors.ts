import { get } from 'node:http';
import { delay, systemClock } from '@nest-channels/core';

/** Is how often somebody comes. */
const PAUSE_MS = 20;

/** Is what became of a request: a server that does not listen has not accepted it. */
type Answer = 'answered' | 'not accepted' | 'failed';

/** Are plain HTTP requests, one after another, each to the next server that takes it. */
export class Visitors {
  answered = 0;
  /** Are the requests that a server had accepted and did not answer with 200. */
  readonly failures: string[] = [];
  #state: 'coming' | 'away' = 'coming';
  readonly #coming: Promise<void>;

  constructor(private readonly ports: readonly number[]) {
    this.#coming = this.#come();
  }

  /** Resolves when the last one has been answered. */
  async end(): Promise<void> {
    this.#state = 'away';
    await this.#coming;
  }

  async #come(): Promise<void> {
    const visits: Promise<void>[] = [];
    for (let turn = 0; this.#state === 'coming'; turn++) {
      visits.push(this.#visit(turn));
      await delay(systemClock, PAUSE_MS);
    }
    await Promise.all(visits);
  }

  /** Tries each server once, as a front would. */
  async #visit(turn: number): Promise<void> {
    for (let tried = 0; tried < this.ports.length; tried++) {
      const port = this.ports[(turn + tried) % this.ports.length];
      const answer = await this.#ask(port);
      if (answer === 'answered') this.answered++;
      if (answer !== 'not accepted') return;
    }
    this.failures.push('no server took a request');
  }

  #ask(port: number): Promise<Answer> {
    return new Promise((resolve) => {
      const request = get({ host: '127.0.0.1', port, path: '/visits', agent: false });
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') return resolve('not accepted');
        this.failures.push(`a request failed: ${error.message}`);
        resolve('failed');
      });
      request.on('response', (response) => {
        response.resume();
        if (response.statusCode === 200) return resolve('answered');
        this.failures.push(`a request was answered with ${response.statusCode}`);
        resolve('failed');
      });
    });
  }
}
