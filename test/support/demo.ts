import { freePort, NodeProcess } from './process.js';

/** Is the demo in a process of its own, at one address however often it is started. */
export class Demo {
  private constructor(
    private readonly port: number,
    private process: NodeProcess,
  ) {}

  static async start(): Promise<Demo> {
    const port = await freePort();
    return new Demo(port, await run(port));
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Stops it as a deployment does. */
  async stop(): Promise<void> {
    await this.process.stop();
  }

  async startAgain(): Promise<void> {
    this.process = await run(this.port);
  }
}

async function run(port: number): Promise<NodeProcess> {
  const process = new NodeProcess('apps/demo/dist/main.js', { PORT: String(port) });
  await process.printed(`Open http://localhost:${port}`);
  return process;
}
