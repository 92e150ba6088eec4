import {
  type Captures,
  type Content,
  type Filters,
  flatten,
  type Message,
  route,
  type RouteMatch,
  type RoutePath,
  Router,
} from '@nest-channels/core';
import type { ConsumersOptions } from '../consumer.decorator.js';
import type { Streams } from '../consumers/streams.js';
import type { OpenHandler } from '../handler.js';
import type { Place } from './turns.js';

/** Are the messages of a connection itself; all others are events. */
export const CONNECTION_CHANNELS: readonly string[] = [
  'websocket.connect',
  'websocket.receive',
  'websocket.disconnect',
];

/** Is one handler of a class whose instances live with connections. */
export interface ResidentHandler extends OpenHandler {
  /** Is where it runs beside others; absent for one that runs in the row. */
  readonly place?: Place;
}

/** Is a handler with what leads to it, within its class. */
export interface ResidentRoute {
  readonly channels: readonly string[];
  readonly filters: Filters;
  readonly handler: ResidentHandler;
}

/** Are the parts of a {@link Residence}. */
export interface ResidenceParts {
  /** Names the class. */
  readonly label: string;
  readonly options: ConsumersOptions;
  readonly routes: readonly ResidentRoute[];
  /** Makes and injects an instance. */
  create(): Promise<object>;
  /** Makes the streams of a demultiplexer, for one connection. */
  streams?(): Streams | undefined;
  /** Runs what is around each message, and then the rest. */
  around(message: Message, next: () => Promise<unknown>): Promise<unknown>;
}

/** Is a class whose instances live with the connections of a path. */
export class Residence {
  readonly #connections: RoutePath<undefined>;
  readonly #router: Router<ResidentHandler>;
  readonly #hasPlaces: boolean;

  /**
   * @throws InvalidName `CHANNELS_NAME_INVALID`
   * @throws InvalidPattern `CHANNELS_PATTERN_INVALID`
   */
  constructor(private readonly parts: ResidenceParts) {
    const { path, filters } = parts.options;
    const all = { ...filters, ...(path !== undefined && { path }) };
    [this.#connections] = flatten([route(CONNECTION_CHANNELS, undefined, all)]);
    this.#router = new Router(
      parts.routes.map((each) => route(each.channels, each.handler, each.filters)),
    );
    this.#hasPlaces = parts.routes.some(({ handler }) => handler.place !== undefined);
  }

  /** Names the class. */
  get label(): string {
    return this.parts.label;
  }

  /** Tells which connections it takes from others, as a route does. */
  get connections(): RoutePath<undefined> {
    return this.#connections;
  }

  /** Lists its handlers, each with what it takes from the others. */
  get paths(): readonly RoutePath<ResidentHandler>[] {
    return this.#router.paths;
  }

  /** Describes the connections it takes, and its events, for the boot log. */
  describe(): string {
    const { path = 'every path' } = this.parts.options;
    const events = this.#router.channels.filter((name) => !CONNECTION_CHANNELS.includes(name));
    const also = events.length > 0 ? `; events: ${events.join(', ')}` : '';
    return `connections path=${String(path)} → ${this.label}${also}`;
  }

  /** Returns what the patterns captured, if connections with this connect message are its own. */
  admit(connect: Content): Captures | undefined {
    return this.#connections.match(connect);
  }

  /** Finds the handler of a message. */
  match(channel: string, content: Content): RouteMatch<ResidentHandler> | undefined {
    return this.#router.match(channel, content);
  }

  /** Returns where a message is handled beside others, if it is. */
  placeOf(channel: string, content: Content): Place | undefined {
    return this.#hasPlaces ? this.match(channel, content)?.handler.place : undefined;
  }

  /** Makes the streams of a demultiplexer, for one connection. */
  streams(): Streams | undefined {
    return this.parts.streams?.();
  }

  /** Makes and injects an instance. */
  create(): Promise<object> {
    return this.parts.create();
  }

  /** Runs a handler of an instance, with what its flags ask for around it. */
  run(handler: ResidentHandler, self: object, message: Message): Promise<unknown> {
    return this.parts.around(message, () => handler.run(self, message));
  }
}
