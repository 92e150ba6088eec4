import type { INestApplicationContext } from '@nestjs/common';
import { type Handled, ManualWorker, type Routes } from 'nest-channels';

/** Are read even without a route: a socket that nobody wants is refused. */
const SOCKET_CHANNELS = ['websocket.connect', 'websocket.receive', 'websocket.disconnect'];

/** Consumes the messages of an application when a test says so. */
export class HandWorker {
  readonly #worker: ManualWorker;
  #routes?: Routes;

  constructor(app: INestApplicationContext) {
    this.#worker = app.get(ManualWorker, { strict: false });
  }

  /** Has these routes count instead of the application's own; undefined brings those back. */
  apply(routes: Routes | undefined): void {
    this.#routes = routes;
  }

  /** Handles the next message of a channel; undefined when none waits there. */
  consume(channel: string, layer?: string): Promise<Handled | undefined> {
    return this.#worker.consume(channel, { layer, routes: this.#routes });
  }

  /** Handles what waits in the channels of a layer, and what comes of it; returns how much. */
  async drain(layer: string): Promise<number> {
    const channels = new Set([...SOCKET_CHANNELS, ...this.#worker.channels(layer)]);
    let drained = 0;
    for (let found = -1; found !== drained;) {
      found = drained;
      for (const channel of channels) if (await this.consume(channel, layer)) drained++;
    }
    return drained;
  }
}
