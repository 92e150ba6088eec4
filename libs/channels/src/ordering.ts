import type { Content, RoutePath, Router } from '@nest-channels/core';
import type { Handler } from './handler.js';

/** Are the channels over which the messages of a connection are in one order. */
const CONNECTION_CHANNELS: ReadonlySet<string> = new Set([
  'websocket.connect',
  'websocket.receive',
  'websocket.disconnect',
]);

/** Knows which connections have to be handled in strict order. */
export class Ordering {
  readonly #paths: readonly RoutePath<Handler>[];

  constructor(router: Router<Handler>) {
    this.#paths = router.paths.filter(
      ({ channels, handler }) =>
        handler.isOrdered && channels.some((channel) => CONNECTION_CHANNELS.has(channel)),
    );
  }

  /** Tells whether this connect could lead to an ordered handler, by its path alone. */
  covers(connect: Content): boolean {
    return this.#paths.some((path) => path.match(connect, 'path') !== undefined);
  }
}
