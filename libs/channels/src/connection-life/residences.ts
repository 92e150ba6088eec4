import type { Message } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';
import { ChannelsSettings } from '../channels-options.js';
import { type ConsumerMethod, moduleRefOf } from '../consumer.explorer.js';
import { BaseConsumer } from '../consumers/base-consumer.js';
import { CALL, SHAPE } from '../consumers/consumer-context.js';
import { ConsumerFlags, flagsOf } from '../consumers/consumer-flags.js';
import { type Caller, HandlerFactory } from '../handler.js';
import { parallelOf } from '../parallel.decorator.js';
import { Residence, type ResidentHandler, type ResidentRoute } from './residence.js';

/** Makes the residences of an application from its consumer methods. */
@Injectable()
export class Residences {
  constructor(
    private readonly handlers: HandlerFactory,
    private readonly flags: ConsumerFlags,
    private readonly settings: ChannelsSettings,
  ) {}

  /** Says what of a method of life `connection` cannot work. */
  problems({ wrapper, method, declarations, options }: ConsumerMethod): string[] {
    const { layer } = this.settings.server;
    const instance = wrapper.instance as BaseConsumer<object>;
    const hasPath = declarations.some(({ filters }) => filters['path'] !== undefined);
    return [
      ...(hasPath ? [NO_PATH] : []),
      ...(wrapper.isNotMetatype ? [NO_CLASS] : []),
      ...(wrapper.isDependencyTreeStatic() && !wrapper.isTransient ? [] : [NOT_STATIC]),
      ...((options.layer ?? layer) === layer
        ? []
        : [`its layer is not "${layer}", ${OTHER_LAYER}`]),
      ...(instance && Object.hasOwn(instance, method) ? [NO_FIELDS] : []),
      ...this.flags.missing(flagsOf(instance)).map((flag) => `${flag} ${UNPROVIDED}`),
    ];
  }

  /**
   * Makes the residence of one class.
   *
   * @throws InvalidName `CHANNELS_NAME_INVALID`
   * @throws InvalidPattern `CHANNELS_PATTERN_INVALID`
   */
  of(methods: readonly ConsumerMethod[]): Residence {
    const [{ wrapper, type, options }] = methods;
    const moduleRef = moduleRefOf(wrapper);
    const flags = flagsOf(wrapper.instance as object);
    return new Residence({
      label: type.name,
      options,
      routes: methods.flatMap((method) => this.#routesOf(method)),
      create: async () => moduleRef?.create<object>(type) ?? {},
      around: (message: Message, next) =>
        flags.length === 0 ? next() : this.flags.around(flags, message, next),
    });
  }

  #routesOf(consumer: ConsumerMethod): ResidentRoute[] {
    const { type, method, declarations } = consumer;
    const limit = parallelOf(type.prototype as object, method);
    const { run, ...open } = this.handlers.open(consumer, callMethod);
    const shaped: ResidentHandler['run'] =
      type.prototype instanceof BaseConsumer
        ? async (self, message) => (self as BaseConsumer)[SHAPE](await run(self, message))
        : run;
    const handler = { ...open, run: shaped, ...(limit !== undefined && { place: { limit } }) };
    return declarations.map(({ channels, filters }) => ({ channels, filters, handler }));
  }
}

const NO_PATH = "in life 'connection' the path is that of the class, in @Consumers({ path })";
const NO_CLASS =
  "in life 'connection' each connection needs an instance: provide the class, no factory or value";
const NOT_STATIC =
  "in life 'connection' neither the class nor its enhancers may be request-scoped or transient";
const OTHER_LAYER = "that of the server, which connections of life 'connection' speak over";
const NO_FIELDS = 'has an arrow function among its fields in its place: make it a method';
const UNPROVIDED =
  'is set and nobody provides it: import a sessions module, @nest-channels/sessions for one';

/** Calls a method the way its class does; one that is not class-based as Nest would. */
const callMethod: Caller = (self, method, message, args) =>
  self instanceof BaseConsumer
    ? self[CALL](method, message, args)
    : method.apply(self, [...(args ?? [message, message.content, message.channel])]);
