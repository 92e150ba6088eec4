import { type Content, type Message, type Routable, Router } from '@nest-channels/core';
import type { Routes } from 'nest-channels';
import type { ClientHost } from './client.js';

/** Is a handler of a plain route: it gets the message, captures of its route included. */
export type RouteFunction = (message: Message) => unknown;

/**
 * Has these routes count instead of the application's own, as long as the body runs.
 *
 * `await applyRoutes(test, [route('jobs', (message) => …)], async () => { … })`. Routes may be
 * included under prefixes. The test has to be made with `worker: 'by hand'`.
 *
 * @returns what the body returns
 * @throws WorkerRunning `CHANNELS_TEST_WORKER_RUNNING`
 */
export async function applyRoutes<T>(
  { hand }: Pick<ClientHost, 'hand'>,
  routes: readonly Routable<RouteFunction>[],
  body: () => Promise<T>,
): Promise<T> {
  hand.apply(routesOf(new Router(routes)));
  try {
    return await body();
  } finally {
    hand.apply(undefined);
  }
}

function routesOf(router: Router<RouteFunction>): Routes {
  return {
    paths: [],
    covers: (channel, key, content) => router.covers(channel, key, content),
    match: (channel: string, content: Content) => {
      const match = router.match(channel, content);
      if (!match) return undefined;
      const { handler, params } = match;
      const run = async (message: Message): Promise<unknown> => handler(message);
      return { params, handler: { label: handler.name || 'route', run } };
    },
  };
}
