import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Front } from './front.js';
import { Member } from './member.js';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const SERVERS = 2;
const WORKERS = 2;

/** Is the demo in several processes: servers behind a front, and workers. */
export class Cluster {
  readonly #folder = mkdtempSync(join(tmpdir(), 'nest-channels-'));
  readonly #servers: readonly Member[];
  readonly #workers: readonly Member[];
  readonly #front: Front;

  constructor(redisUrl: string) {
    const env = { ...process.env, REDIS_URL: redisUrl, PORT: undefined };
    const paths = numbersTo(SERVERS).map((number) => join(this.#folder, `server-${number}.sock`));
    this.#servers = paths.map((path, index) =>
      member('server', index + 1, { env, args: ['--unix-socket', path], started: 'Listening on' }),
    );
    this.#workers = numbersTo(WORKERS).map((number) =>
      member('worker', number, { env, args: [], started: 'Reading from' }),
    );
    this.#front = new Front(paths);
  }

  async listen(port: number): Promise<void> {
    await Promise.all([...this.#servers, ...this.#workers].map(({ started }) => started));
    await this.#front.listen(port);
  }

  /** Ends servers before workers, so that workers hear of each disconnect. */
  async stop(): Promise<void> {
    this.#front.stopListening();
    await Promise.all(this.#servers.map((server) => server.stop()));
    this.#front.end();
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  kill(): void {
    for (const each of [...this.#servers, ...this.#workers]) each.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function member(
  role: 'server' | 'worker',
  number: number,
  options: Pick<ConstructorParameters<typeof Member>[0], 'env' | 'args' | 'started'>,
): Member {
  const print = (line: string): void => console.log(`${role} ${number} | ${line}`);
  const args = [`${REPOSITORY}apps/${role}/dist/main.js`, ...options.args];
  return new Member({ ...options, print, command: process.execPath, args });
}

function numbersTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
