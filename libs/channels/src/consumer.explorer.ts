import { Injectable, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import {
  type ConsumerDeclaration,
  consumerDeclarations,
  type ConsumersOptions,
  consumersOptions,
} from './consumer.decorator.js';

/** Is what Nest knows of one provider; its type is not exported by name. */
export type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

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

  /** Lists those on controllers, where Nest would leave out their guards. */
  misplacedConsumers(): ConsumerMethod[] {
    return this.discovery.getControllers().flatMap((wrapper) => this.#methodsOf(wrapper));
  }

  #methodsOf(wrapper: Wrapper): ConsumerMethod[] {
    const type = classOf(wrapper);
    if (!type) return [];
    const prototype = type.prototype as object;
    const options = consumersOptions(type);
    return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
      const declarations = consumerDeclarations(prototype, method);
      const label = `${type.name}.${method}`;
      return declarations.length > 0
        ? [{ wrapper, type, method, label, declarations, options }]
        : [];
    });
  }
}

function classOf(wrapper: Wrapper): Type | undefined {
  if (wrapper.isAlias) return undefined;
  // What a factory or a value provider made is only known by its instance.
  const made: unknown = wrapper.isNotMetatype ? wrapper.instance?.constructor : wrapper.metatype;
  const isClass =
    typeof made === 'function' && typeof made.prototype === 'object' && made.prototype;
  return isClass ? (made as Type) : undefined;
}
