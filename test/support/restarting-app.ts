import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { freePort } from './process.js';

/** Is an application in this process, at one port however often it is started. */
export class RestartingApp {
  readonly #wires = new Set<Socket>();
  #app: INestApplication;

  private constructor(
    readonly port: number,
    private readonly module: () => object,
  ) {}

  /** Starts what a function makes a module of, each time anew. */
  static async start(module: () => object): Promise<RestartingApp> {
    const app = new RestartingApp(await freePort(), module);
    await app.startAgain();
    return app;
  }

  /** Is the application that runs now. */
  get nest(): INestApplication {
    return this.#app;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Stops as a deployment does. */
  async stop(): Promise<void> {
    await this.#app.close();
  }

  async startAgain(): Promise<void> {
    this.#app = await NestFactory.create(this.module(), { logger: false });
    const server = this.#app.getHttpServer() as Server;
    server.on('connection', (wire) => {
      this.#wires.add(wire);
      wire.once('close', () => this.#wires.delete(wire));
    });
    await this.#app.listen(this.port, 'localhost');
  }

  /** Ends every connection without a word. */
  cut(): void {
    for (const wire of this.#wires) wire.destroy();
  }

  /** Lets every connection fall silent, as if its client had been forgotten. */
  fallSilent(): void {
    for (const wire of this.#wires) wire.pause();
  }
}
