import type { Content, RoutePath, Router } from '@nest-channels/core';
import type { Handler } from './handler.js';
import { SERVER_ADDRESS } from './server-options.js';

/** Are the channels over which the messages of a connection are in one order. */
const CONNECTION_CHANNELS: ReadonlySet<string> = new Set([
  'websocket.connect',
  'websocket.receive',
  'websocket.disconnect',
]);

/** Knows which connections have to be handled in strict order. */
export class Ordering {
  readonly #paths: readonly RoutePath<Handler>[];

  constructor(router: Pick<Router<Handler>, 'paths'>) {
    this.#paths = router.paths.filter(
      ({ channels, handler }) =>
        handler.isOrdered && channels.some((channel) => CONNECTION_CHANNELS.has(channel)),
    );
  }

  /** Tells whether a connection could lead to an ordered handler, by the path in its messages. */
  covers(content: Content): boolean {
    return this.#paths.some((path) => path.match(content, 'path') !== undefined);
  }

  /**
   * Returns the place of a message that somebody else than an interface server may have sent early.
   *
   * Undefined stands for all others, and for those without a number.
   */
  placeOf(channel: string, content: Content): number | undefined {
    if (this.#paths.length === 0 || !CONNECTION_CHANNELS.has(channel)) return undefined;
    const { reply_channel: name, order } = content;
    if (typeof name !== 'string' || name.startsWith(SERVER_ADDRESS)) return undefined;
    return typeof order === 'number' && this.covers(content) ? order : undefined;
  }
}
