import type { Content } from './content.js';
import type { Captures } from './message.js';
import type { Routable, Route } from './route.js';
import type { TextPattern } from './text-pattern.js';

/** Is where a message goes, and what the patterns captured on the way. */
export interface RouteMatch<Handler> {
  readonly handler: Handler;
  readonly params: Captures;
}

/** Is an ordered set of routes; the first that matches takes the message. */
export class Router<Handler> {
  /** Are its routes in order, those of includes in place. */
  readonly paths: readonly RoutePath<Handler>[];
  readonly #pathsByChannel = new Map<string, RoutePath<Handler>[]>();

  constructor(routes: readonly Routable<Handler>[]) {
    this.paths = flatten(routes);
    for (const path of this.paths) {
      for (const channel of path.channels) {
        const paths = this.#pathsByChannel.get(channel);
        if (paths) paths.push(path);
        else this.#pathsByChannel.set(channel, [path]);
      }
    }
  }

  /** Lists the channels that have routes, in the order they were first named. */
  get channels(): string[] {
    return [...this.#pathsByChannel.keys()];
  }

  /** Finds the handler of a message. */
  match(channel: string, content: Content): RouteMatch<Handler> | undefined {
    for (const path of this.#pathsByChannel.get(channel) ?? []) {
      const params = path.match(content);
      if (params) return { handler: path.handler, params };
    }
    return undefined;
  }

  /** Tells whether a channel has a route for this content, looking at the filters of one key only. */
  covers(channel: string, key: string, content: Content): boolean {
    return (this.#pathsByChannel.get(channel) ?? []).some(
      (path) => path.match(content, key) !== undefined,
    );
  }
}

/** Is one route with the prefixes of all the includes around it, outermost first. */
export class RoutePath<Handler> {
  readonly channels: readonly string[];
  readonly handler: Handler;
  readonly #patterns: readonly TextPattern[];

  constructor(route: Route<Handler>, prefixes: readonly TextPattern[]) {
    this.channels = route.channels;
    this.handler = route.handler;
    this.#patterns = [...prefixes, ...route.filters];
  }

  match(content: Content, onlyKey?: string): Captures | undefined {
    // A key or capture may be named like something that every object inherits.
    const rests = Object.create(null) as Record<string, string>;
    const captures = Object.create(null) as Record<string, string | undefined>;
    for (const pattern of this.#patterns) {
      if (onlyKey !== undefined && pattern.key !== onlyKey) continue;
      const text = rests[pattern.key] ?? content[pattern.key];
      const match = typeof text === 'string' ? pattern.match(text) : undefined;
      if (!match) return undefined;
      rests[pattern.key] = match.rest;
      Object.assign(captures, match.captures);
    }
    return captures;
  }

  /** Tells what it takes apart, a text per channel; two routes with a common one collide. */
  get identities(): string[] {
    const byKey = this.#patterns.toSorted((one, other) => one.key.localeCompare(other.key));
    const patterns = byKey.map(({ key, identity }) => ` ${key}=${identity}`).join('');
    return this.channels.map((channel) => channel + patterns);
  }

  /** Describes what it takes, a text per channel. */
  get places(): string[] {
    const patterns = this.#patterns.map(({ key, source }) => ` ${key}=${source}`).join('');
    return this.channels.map((channel) => channel + patterns);
  }

  toString(): string {
    return this.places.join(', ');
  }
}

/** Lists the routes behind all includes, in order. */
export function flatten<Handler>(
  routables: readonly Routable<Handler>[],
  prefixes: readonly TextPattern[] = [],
): RoutePath<Handler>[] {
  return routables.flatMap((routable) =>
    routable.kind === 'route'
      ? [new RoutePath(routable, prefixes)]
      : flatten(routable.routes, [...prefixes, ...routable.prefixes]),
  );
}
