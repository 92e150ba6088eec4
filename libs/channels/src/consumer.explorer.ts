import { Injectable, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import {
  type ConsumerDeclaration,
  consumerDeclarations,
  type ConsumersOptions,
  consumersOptions,
  hasConsumersOptions,
} from './consumer.decorator.js';
import { type BaseConsumer, isClassBased } from './consumers/base-consumer.js';
import { WebsocketConsumer } from './consumers/websocket-consumer.js';
import { WebsocketDemultiplexer } from './consumers/websocket-demultiplexer.js';

/** Is what Nest knows of one provider; its type is not exported by name. */
export type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Returns the reference of the module that provides it: tokens are unique within a module only. */
export function moduleRefOf({ host }: Wrapper): ModuleRef | undefined {
  return host?.getProviderByKey<ModuleRef>(ModuleRef)?.instance;
}

/** Is a method with at least one `@Consumer`. */
export interface ConsumerMethod {
  readonly wrapper: Wrapper;
  readonly type: Type;
  readonly method: string;
  /** Names class and method: `ChatConsumers.join`. */
  readonly label: string;
  readonly declarations: readonly ConsumerDeclaration[];
  readonly options: ConsumersOptions;
}

/** Finds the consumers of an application. */
@Injectable()
export class ConsumerExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Lists the consumers among the providers. */
  consumers(): ConsumerMethod[] {
    return this.discovery.getProviders().flatMap((wrapper) => this.#methodsOf(wrapper));
  }

  /** Lists the class-based consumers that have no route of their own. */
  unroutedClasses(): Type[] {
    const classes = this.discovery.getProviders().flatMap((wrapper) => classOf(wrapper) ?? []);
    const streams = new Set(classes.flatMap((type) => this.#streamsOf(type)));
    return classes.filter((type) => isClassBased(type) && !isRouted(type) && !streams.has(type));
  }

  /** Lists the consumers of one class, routed or not; empty for one that nobody provides. */
  consumersOf(type: Type): ConsumerMethod[] {
    const wrapper = this.discovery.getProviders().find((each) => classOf(each) === type);
    return wrapper ? this.#handlersOf(wrapper, type) : [];
  }

  /** Lists those on controllers, where Nest would leave out their guards. */
  misplacedConsumers(): ConsumerMethod[] {
    return this.discovery.getControllers().flatMap((wrapper) => this.#methodsOf(wrapper));
  }

  #methodsOf(wrapper: Wrapper): ConsumerMethod[] {
    const type = classOf(wrapper);
    if (!type || (isClassBased(type) && !isRouted(type))) return [];
    return this.#handlersOf(wrapper, type);
  }

  #handlersOf(wrapper: Wrapper, type: Type): ConsumerMethod[] {
    const prototype = type.prototype as object;
    const events = this.#eventsOf(type);
    const options = consumersOptions(type);
    return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
      const declarations = [
        ...consumerDeclarations(prototype, method),
        ...mappedTo(method, type),
        ...(method === STREAM_EVENT && events.length > 0
          ? [{ channels: events, filters: {} }]
          : []),
      ];
      const label = `${type.name}.${method}`;
      return declarations.length > 0
        ? [{ wrapper, type, method, label, declarations, options }]
        : [];
    });
  }

  /** A demultiplexer handles what its streams have handlers for. */
  #eventsOf(type: Type): string[] {
    const methods = this.#streamsOf(type).flatMap((stream) => this.consumersOf(stream));
    const channels = methods
      .flatMap(({ declarations }) => declarations)
      .flatMap((each) => each.channels);
    return [...new Set(channels.filter((channel) => !channel.startsWith('websocket.')))];
  }

  #streamsOf(type: Type): Type[] {
    if (!isDemultiplexer(type)) return [];
    const wrapper = this.discovery.getProviders().find((each) => classOf(each) === type);
    const { consumers = {} } = (wrapper?.instance ?? {}) as Partial<WebsocketDemultiplexer>;
    // One within another, or within itself, is refused elsewhere.
    return Object.values(consumers).filter((stream) => !isDemultiplexer(stream));
  }
}

function isDemultiplexer(type: Type): boolean {
  return type.prototype instanceof WebsocketDemultiplexer;
}

/** Is the method of a demultiplexer that handles events for its streams. */
const STREAM_EVENT = 'streamEvent';

/** A consumer of sockets would take them all; what it takes has to be said. */
function isRouted(type: Type): boolean {
  return hasConsumersOptions(type) || !(type.prototype instanceof WebsocketConsumer);
}

function mappedTo(method: string, type: Type): ConsumerDeclaration[] {
  const { methodMapping = {} } = type as Partial<typeof BaseConsumer>;
  const channels = Object.keys(methodMapping).filter(
    (channel) => methodMapping[channel] === method,
  );
  return channels.length > 0 ? [{ channels, filters: {} }] : [];
}

function classOf(wrapper: Wrapper): Type | undefined {
  if (wrapper.isAlias) return undefined;
  // What a factory or a value provider made is only known by its instance.
  const made: unknown = wrapper.isNotMetatype ? wrapper.instance?.constructor : wrapper.metatype;
  const isClass =
    typeof made === 'function' && typeof made.prototype === 'object' && made.prototype;
  return isClass ? (made as Type) : undefined;
}
