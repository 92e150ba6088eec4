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
    return classes.filter((type) => isClassBased(type) && !isRouted(type));
  }

  /** Lists those on controllers, where Nest would leave out their guards. */
  misplacedConsumers(): ConsumerMethod[] {
    return this.discovery.getControllers().flatMap((wrapper) => this.#methodsOf(wrapper));
  }

  #methodsOf(wrapper: Wrapper): ConsumerMethod[] {
    const type = classOf(wrapper);
    if (!type) return [];
    const prototype = type.prototype as object;
    if (isClassBased(type) && !isRouted(type)) return [];
    const options = consumersOptions(type);
    return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
      const declarations = [...consumerDeclarations(prototype, method), ...mappedTo(method, type)];
      const label = `${type.name}.${method}`;
      return declarations.length > 0
        ? [{ wrapper, type, method, label, declarations, options }]
        : [];
    });
  }
}

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
