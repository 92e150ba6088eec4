import { TestSocket } from '../../libs/channels/test/support/test-socket.js';
import { RedisServer } from '../../libs/redis/test/support/redis-server.js';
import { freePort, NodeProcess, stopProcesses } from './process.js';

/** Is how many processes of each kind there are, and what workers are told. */
export interface SplitOptions {
  readonly servers?: number;
  /** Are the arguments of each worker. */
  readonly workers?: readonly (readonly string[])[];
}

/** Is the demo in processes of its own over a Redis of its own. */
export class Split {
  readonly servers: SplitServer[] = [];
  readonly workers: NodeProcess[] = [];

  private constructor(readonly redis: RedisServer) {}

  static async start({ servers = 1, workers = [[], []] }: SplitOptions = {}): Promise<Split> {
    const split = new Split(await RedisServer.start());
    await Promise.all([
      ...Array.from({ length: servers }, () => split.addServer()),
      ...workers.map((args) => split.addWorker(args)),
    ]);
    return split;
  }

  async addServer(): Promise<SplitServer> {
    const server = new SplitServer(await freePort(), this.redis.url);
    this.servers.push(server);
    await server.start();
    return server;
  }

  /** Resolves when the worker reads its channels. */
  async addWorker(args: readonly string[] = []): Promise<NodeProcess> {
    const worker = new NodeProcess('apps/worker/dist/main.js', this.#env, { args });
    this.workers.push(worker);
    await worker.printed('Reading from the redis layer');
    return worker;
  }

  /** Restarts the workers one after another, as a deployment does. */
  async restartWorkers(): Promise<(number | string)[]> {
    const exits: (number | string)[] = [];
    for (const worker of this.workers.splice(0)) {
      exits.push(await worker.stop());
      await this.addWorker();
    }
    return exits;
  }

  async stop(): Promise<void> {
    await stopProcesses();
    await this.redis.stop();
  }

  get #env(): Record<string, string> {
    return { REDIS_URL: this.redis.url };
  }
}

/** Is one server of a split, on the same port however often it is started. */
export class SplitServer {
  #process?: NodeProcess;

  constructor(
    readonly port: number,
    private readonly redisUrl: string,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get output(): string {
    return this.#process?.output ?? '';
  }

  async start(): Promise<void> {
    const env = { REDIS_URL: this.redisUrl, PORT: String(this.port) };
    this.#process = new NodeProcess('apps/server/dist/main.js', env, { args: ['-b', '127.0.0.1'] });
    await this.#process.printed('Listening on');
  }

  socket(path: string): TestSocket {
    return new TestSocket(`ws://127.0.0.1:${this.port}${path}`);
  }

  async stop(signal?: NodeJS.Signals): Promise<number | string | undefined> {
    return this.#process?.stop(signal);
  }
}
