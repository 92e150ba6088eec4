import { route, Router } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';
import { type ConsumerMethod, ConsumerExplorer, moduleRefOf } from '../consumer.explorer.js';
import { EnhancerChains } from '../enhancer-chain.js';
import { HandlerFactory } from '../handler.js';
import { type BaseConsumer, callMethod } from './base-consumer.js';
import type { StreamClass, StreamConsumer } from './streams.js';
import { WebsocketConsumer } from './websocket-consumer.js';
import { type StreamClasses, WebsocketDemultiplexer } from './websocket-demultiplexer.js';

/** Finds the consumers of the streams of demultiplexers. */
@Injectable()
export class StreamStaff {
  constructor(
    private readonly explorer: ConsumerExplorer,
    private readonly handlers: HandlerFactory,
    private readonly enhancers: EnhancerChains,
  ) {}

  /** Says what of the streams of a demultiplexer cannot work; of any other consumer nothing. */
  problems(demultiplexer: BaseConsumer<object>): string[] {
    return Object.entries(streamsOf(demultiplexer)).flatMap(([stream, type]) => {
      const methods = this.explorer.consumersOf(type);
      const problems = [...wrongClass(methods), ...methods.flatMap((each) => this.#wrong(each))];
      return problems.map((problem) => `stream "${stream}" (${type.name}): ${problem}`);
    });
  }

  /** Returns the consumer classes of a demultiplexer by stream; undefined for any other consumer. */
  of(demultiplexer: BaseConsumer<object>): ReadonlyMap<string, StreamClass> | undefined {
    if (!(demultiplexer instanceof WebsocketDemultiplexer)) return undefined;
    const streams = Object.entries(streamsOf(demultiplexer));
    const classes = streams.flatMap(([stream, type]) => {
      const streamClass = this.#classOf(type);
      return streamClass ? [[stream, streamClass] as const] : [];
    });
    return new Map(classes);
  }

  /** Lists the injected consumers of the streams, whose flags count for the demultiplexer too. */
  consumersOf(demultiplexer: BaseConsumer<object>): StreamConsumer[] {
    const types = Object.values(streamsOf(demultiplexer));
    return types.flatMap((type) => this.explorer.consumersOf(type).slice(0, 1)).map(sharedOf);
  }

  #wrong(method: ConsumerMethod): string[] {
    const { wrapper } = method;
    const isStatic = wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
    return [...this.enhancers.problems(method), ...(isStatic ? [] : [NOT_STATIC])];
  }

  #classOf(type: StreamClasses[string]): StreamClass | undefined {
    const methods = this.explorer.consumersOf(type);
    const first = methods.at(0);
    if (!first) return undefined;
    const routes = methods.flatMap((method) => {
      const handler = this.handlers.open(method, callMethod);
      return method.declarations.map((each) => route(each.channels, handler, each.filters));
    });
    return {
      router: new Router(routes),
      shared: sharedOf(first),
      create: async () => moduleRefOf(first.wrapper)?.create<object>(type) ?? {},
    };
  }
}

const NOT_STATIC = 'neither it nor its enhancers may be request-scoped or transient';

function wrongClass([first]: readonly ConsumerMethod[]): string[] {
  if (!first) return ['no module provides it'];
  const { prototype } = first.type;
  if (prototype instanceof WebsocketDemultiplexer) return ['it is a demultiplexer itself'];
  return prototype instanceof WebsocketConsumer ? [] : ['it is no WebsocketConsumer'];
}

function sharedOf({ wrapper }: ConsumerMethod): StreamConsumer {
  return wrapper.instance as StreamConsumer;
}

function streamsOf(demultiplexer: Partial<WebsocketDemultiplexer<object>>): StreamClasses {
  return demultiplexer instanceof WebsocketDemultiplexer ? demultiplexer.consumers : {};
}
