import type { Server } from 'node:http';
import type {
  INestApplication,
  INestApplicationContext,
  LoggerService,
  Type,
} from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { ChannelsModule, ChannelsRuntime, type Role, WorkerEvents } from 'nest-channels';
import type { ApplicationParts } from './application-parts.js';
import { importChannels } from './channels-imports.js';
import { testingModuleOf } from './channels-testing.module.js';
import { Custody } from './custody.js';
import type { Activity } from './quiet.js';
import { RunningHandlers } from './running-handlers.js';
import type { World } from './world.js';

/** Is one process of a test: an application in a role of its own. */
export class TestedProcess implements Activity {
  readonly #runtime: ChannelsRuntime;
  readonly #handlers: RunningHandlers;
  #state: 'running' | 'stopped' = 'running';

  private constructor(
    readonly app: INestApplicationContext,
    private readonly world: World,
  ) {
    this.#runtime = app.get(ChannelsRuntime, { strict: false });
    this.#handlers = new RunningHandlers(app.get(WorkerEvents, { strict: false }));
  }

  /** Starts an application that does not listen. */
  static async start(parts: ApplicationParts, role: Role, world: World): Promise<TestedProcess> {
    const module = await compile(parts, world);
    if (role === 'worker') return TestedProcess.of(module, role, world);
    const app = applicationOf(module, parts);
    return TestedProcess.of(app, role, world, () => parts.prepare?.(app));
  }

  /** Starts an application that is there already. */
  static async of(
    app: INestApplicationContext,
    role: Role,
    world: World,
    prepare?: () => unknown,
  ): Promise<TestedProcess> {
    const process = new TestedProcess(app, world);
    try {
      await process.#start(role, prepare);
    } catch (error) {
      await app.close();
      throw error;
    }
    world.join(process);
    return process;
  }

  get httpServer(): Server {
    return (this.app as INestApplication).getHttpServer() as Server;
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  /** Returns a provider of this process's application, wherever it is. */
  get<T>(type: Type<T>): T {
    return this.app.get(type, { strict: false });
  }

  isBusy(): boolean {
    return this.#runtime.workerStatistics().running > 0 || this.#handlers.running > 0;
  }

  mark(): string {
    const counts = Object.values(this.#runtime.workerStatistics());
    return [...counts, this.#handlers.events].join(',');
  }

  /** Stops the application as a signal would. */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    await this.world.seeOut(this.app.close());
    this.world.leave(this);
  }

  async #start(role: Role, prepare?: () => unknown): Promise<void> {
    if (role !== 'embedded') this.#runtime.assume(role);
    await prepare?.();
    await this.app.init();
    if (role === 'worker') await this.#runtime.start();
  }
}

const SILENT: LoggerService = {
  log: () => undefined,
  error: () => undefined,
  warn: () => undefined,
};

async function compile(parts: ApplicationParts, world: World): Promise<TestingModule> {
  const { imports = [], providers, controllers, configure = (builder) => builder } = parts;
  const channels = (await importChannels(imports)) ? [] : [ChannelsModule.forRoot()];
  const builder = Test.createTestingModule({
    imports: [testingModuleOf(new Custody(world)), ...channels, ...imports],
    providers,
    controllers,
  });
  if (parts.logger !== undefined) builder.setLogger(parts.logger || SILENT);
  return configure(builder).compile();
}

function applicationOf(module: TestingModule, { adapter }: ApplicationParts): INestApplication {
  return adapter ? module.createNestApplication(adapter()) : module.createNestApplication();
}
