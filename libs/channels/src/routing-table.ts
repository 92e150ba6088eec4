import {
  ChannelsError,
  flatten,
  include,
  type Routable,
  route,
  type RoutePath,
  Router,
} from '@nest-channels/core';
import { Injectable } from '@nestjs/common';
import { ChannelsSettings } from './channels-options.js';
import type { ConsumerDeclaration } from './consumer.decorator.js';
import { type ConsumerMethod, ConsumerExplorer } from './consumer.explorer.js';
import { EnhancerChains } from './enhancer-chain.js';
import { InvalidConfiguration } from './errors.js';
import { Gateways } from './gateways.js';
import type { Residence } from './connection-life/residence.js';
import { Residences } from './connection-life/residences.js';
import { ConsumerHandlers } from './consumers/consumer-handlers.js';
import type { Handler } from './handler.js';
import { Layers } from './layers.js';

/** Holds the routes of one application, a router per layer alias. */
@Injectable()
export class RoutingTable {
  readonly #routers = new Map<string, Router<Handler>>();
  readonly #consumers = new Map<Handler, ConsumerMethod>();
  #residences: readonly Residence[] = [];

  constructor(
    private readonly explorer: ConsumerExplorer,
    private readonly handlers: ConsumerHandlers,
    private readonly homes: Residences,
    private readonly enhancers: EnhancerChains,
    private readonly gateways: Gateways,
    private readonly layers: Layers,
    private readonly settings: ChannelsSettings,
  ) {}

  /**
   * Finds and checks everything the application declares.
   *
   * @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID` with all mistakes at once
   */
  build(): void {
    const problems = new Problems();
    for (const problem of this.settings.problems()) problems.add(problem);
    this.#checkServerLayer(problems);
    this.#checkMisplaced(problems);
    this.#checkUnrouted(problems);
    const routes = this.#routes(problems);
    problems.throwIfAny();
    for (const [alias, list] of routes) this.#routers.set(alias, new Router(list));
  }

  /** Returns the router of a layer; one without routes matches nothing. */
  router(alias: string): Router<Handler> {
    return this.#routers.get(alias) ?? new Router<Handler>([]);
  }

  /** Lists the classes whose instances live with connections. */
  get residences(): readonly Residence[] {
    return this.#residences;
  }

  /** Describes each route, its handler and what runs around it, for the boot log. */
  describe(): string[] {
    const paths = [...this.#routers.values()].flatMap((router) => router.paths);
    const rows = paths.map((path) => ({ place: path.toString(), ...this.#about(path.handler) }));
    const [places, labels] = [widthOf(rows, 'place'), widthOf(rows, 'label')];
    return rows.map(({ place, label, enhancers }) =>
      `${place.padEnd(places)} → ${label.padEnd(labels)} ${enhancers}`.trimEnd(),
    );
  }

  #about(handler: Handler): { label: string; enhancers: string } {
    const consumer = this.#consumers.get(handler);
    const enhancers = consumer ? this.enhancers.describe(consumer) : '';
    return { label: handler.label, enhancers };
  }

  #checkServerLayer(problems: Problems): void {
    const { layer } = this.settings.server;
    if (!this.layers.has(layer)) problems.unknownLayer('the server option', layer, this.layers);
  }

  #checkMisplaced(problems: Problems): void {
    for (const { label, declarations } of this.explorer.misplacedConsumers()) {
      const channels = declarations.flatMap((declaration) => declaration.channels).join(', ');
      problems.add(`${label} (${channels}): @Consumer on a controller; move it to a provider`);
    }
  }

  #checkUnrouted(problems: Problems): void {
    for (const { name } of this.explorer.unroutedClasses()) problems.add(`${name}: ${UNROUTED}`);
  }

  #routes(problems: Problems): Map<string, Routable<Handler>[]> {
    const routes = new Map<string, Routable<Handler>[]>();
    const owners = this.#gatewayRoutes();
    const consumers = this.explorer.consumers();
    this.#residences = this.#house(consumers.filter(livesWithConnection), owners, problems);
    for (const consumer of consumers.filter((each) => !livesWithConnection(each))) {
      const alias = consumer.options.layer ?? this.settings.defaultLayer;
      if (!this.layers.has(alias)) problems.unknownLayer(consumer.label, alias, this.layers);
      const list = routes.get(alias) ?? [];
      const own = [...this.enhancers.problems(consumer), ...this.handlers.problems(consumer)];
      for (const problem of own) problems.add(`${consumer.label}: ${problem}`);
      const added = this.#routesOf(consumer, problems);
      reportTaken(owners, alias, added, problems);
      routes.set(alias, [...list, ...added]);
    }
    return routes;
  }

  #house(
    consumers: readonly ConsumerMethod[],
    owners: Map<string, string>,
    problems: Problems,
  ): Residence[] {
    for (const each of consumers) {
      const own = [...this.enhancers.problems(each), ...this.homes.problems(each)];
      for (const problem of own) problems.add(`${each.label}: ${problem}`);
    }
    return byClass(consumers).flatMap((methods) => {
      const made = problems.collect(methods[0].type.name, () => this.homes.of(methods));
      for (const residence of made) reportHoused(owners, this.settings, residence, problems);
      return made;
    });
  }

  /** What a gateway answers never becomes a message. */
  #gatewayRoutes(): Map<string, string> {
    const { embedded, server } = this.settings;
    const taken = embedded.server ? this.gateways.takenIdentities() : [];
    return new Map([...taken].map(([identity, owner]) => [`${server.layer} ${identity}`, owner]));
  }

  #routesOf(consumer: ConsumerMethod, problems: Problems): Routable<Handler>[] {
    const handler = this.handlers.create(consumer);
    this.#consumers.set(handler, consumer);
    return consumer.declarations.flatMap((declaration) => {
      const where = `${consumer.label} (${declaration.channels.join(', ')})`;
      return problems.collect(where, () => routeOf(consumer, declaration, handler));
    });
  }
}

const UNROUTED =
  'nothing says which connections are its own; give it @Consumers({ path }), provide its asRoute(), ' +
  'or make it a stream of a demultiplexer';

function byClass(consumers: readonly ConsumerMethod[]): ConsumerMethod[][] {
  const classes = new Map<ConsumerMethod['wrapper'], ConsumerMethod[]>();
  for (const each of consumers) {
    classes.set(each.wrapper, [...(classes.get(each.wrapper) ?? []), each]);
  }
  return [...classes.values()];
}

function livesWithConnection({ options }: ConsumerMethod): boolean {
  return options.life === 'connection';
}

function reportHoused(
  owners: Map<string, string>,
  { server }: ChannelsSettings,
  { label, connections, paths }: Residence,
  problems: Problems,
): void {
  reportOwned(owners, server.layer, label, connections, problems);
  const own = new Map<string, string>();
  for (const path of paths) reportOwned(own, label, path.handler.label, path, problems);
}

/** Texts are put under each other up to this width; a longer one pushes what follows aside. */
const COLUMN_WIDTH = 60;

function widthOf<Key extends string>(rows: readonly Record<Key, string>[], key: Key): number {
  const lengths = rows.map((row) => row[key].length);
  return Math.max(0, ...lengths.filter((length) => length <= COLUMN_WIDTH));
}

function routeOf(
  { options }: ConsumerMethod,
  { channels, filters }: ConsumerDeclaration,
  handler: Handler,
): Routable<Handler> {
  const { path: outer } = options;
  const { path: inner = '/' } = filters;
  const all = { ...options.filters, ...filters };
  if (outer === undefined) return route(channels, handler, all);
  if (typeof outer === 'string' && typeof inner === 'string') {
    return route(channels, handler, { ...all, path: joinPaths(outer, inner) });
  }
  return include([route(channels, handler, { ...all, path: inner })], { path: outer });
}

function joinPaths(outer: string, inner: string): string {
  const start = outer.replace(/\/$/, '');
  return inner === '/' ? start || '/' : start + inner;
}

function reportTaken(
  owners: Map<string, string>,
  alias: string,
  routes: readonly Routable<Handler>[],
  problems: Problems,
): void {
  for (const path of flatten(routes)) {
    reportOwned(owners, alias, path.handler.label, path, problems);
  }
}

function reportOwned(
  owners: Map<string, string>,
  scope: string,
  label: string,
  { identities, places }: Pick<RoutePath<unknown>, 'identities' | 'places'>,
  problems: Problems,
): void {
  identities.forEach((identity, index) => {
    const owner = owners.get(`${scope} ${identity}`);
    if (owner) problems.add(`${label} (${places[index]}): ${owner} handles this already`);
    else owners.set(`${scope} ${identity}`, label);
  });
}

class Problems {
  readonly #list: string[] = [];

  add(problem: string): void {
    this.#list.push(problem);
  }

  unknownLayer(where: string, alias: string, layers: Layers): void {
    const known = layers.aliases.map((name) => `"${name}"`).join(', ');
    this.add(`${where}: there is no layer "${alias}"; ChannelsModule has ${known}`);
  }

  collect<T>(where: string, build: () => T): T[] {
    try {
      return [build()];
    } catch (error) {
      if (!(error instanceof ChannelsError)) throw error;
      this.add(`${where}: ${error.message}`);
      return [];
    }
  }

  throwIfAny(): void {
    if (this.#list.length > 0) throw new InvalidConfiguration(this.#list);
  }
}
