import { Redis } from 'ioredis';
import { freePorts, REDIS, RedisProcess } from './redis-process.js';

/** Is a Redis of its own, on a free port, which keeps nothing on disk. */
export class RedisServer {
  readonly #process: RedisProcess;

  private constructor(
    program: string,
    readonly port: number,
    private readonly settings: readonly string[],
  ) {
    this.#process = new RedisProcess(program);
  }

  static start(...settings: string[]): Promise<RedisServer> {
    return RedisServer.of(REDIS, ...settings);
  }

  /** Starts another program that does as Redis does. */
  static async of(program: string, ...settings: string[]): Promise<RedisServer> {
    const [port] = await freePorts(1);
    const server = new RedisServer(program, port, settings);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, with what it saved, and with more settings for this time. */
  async start(...more: readonly string[]): Promise<void> {
    const usual = ['--port', `${this.port}`, '--dir', this.#process.folder, '--save', ''];
    const own = [...this.settings, ...more];
    const settings = [...usual, '--appendonly', 'no', '--bind', '127.0.0.1', ...own];
    await this.#process.start(settings, 'Ready to accept connections');
  }

  /** Ends it at once, and all it held. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  freeze(): void {
    this.#process.signal('SIGSTOP');
  }

  thaw(): void {
    this.#process.signal('SIGCONT');
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  /** Asks it something over a connection of its own. */
  async ask(command: string, ...args: readonly (string | number)[]): Promise<unknown> {
    const client = new Redis(this.port, '127.0.0.1', { protocol: 2, disconnectTimeout: 0 });
    try {
      return await client.call(command, [...args]);
    } finally {
      client.disconnect();
    }
  }
}
