import type { Message } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';
import { ChannelsSettings } from '../channels-options.js';
import { type ConsumerMethod, moduleRefOf } from '../consumer.explorer.js';
import { BaseConsumer, callMethod, valueFrom } from '../consumers/base-consumer.js';
import { ConsumerFlags, flagsOf } from '../consumers/consumer-flags.js';
import { fieldProblems } from '../consumers/own-fields.js';
import { StreamStaff } from '../consumers/stream-staff.js';
import { type StreamClass, type StreamConsumer, Streams } from '../consumers/streams.js';
import { HandlerFactory } from '../handler.js';
import { parallelOf } from '../parallel.decorator.js';
import { Residence, type ResidentHandler, type ResidentRoute } from './residence.js';

/** Makes the residences of an application from its consumer methods. */
@Injectable()
export class Residences {
  constructor(
    private readonly handlers: HandlerFactory,
    private readonly flags: ConsumerFlags,
    private readonly settings: ChannelsSettings,
    private readonly staff: StreamStaff,
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
      ...fieldProblems(instance, method),
      ...this.flags.problems(flagsOf(instance, ...this.staff.consumersOf(instance))),
      ...this.staff.problems(instance),
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
    const shared = wrapper.instance as BaseConsumer<object>;
    const flags = flagsOf(shared, ...this.staff.consumersOf(shared));
    const classes = this.staff.of(shared);
    return new Residence({
      label: type.name,
      options,
      routes: methods.flatMap((method) => this.#routesOf(method)),
      create: async () => moduleRef?.create<object>(type) ?? {},
      streams: () => classes && new Streams(classes, staffed()),
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
        ? (self, message) => valueFrom(self as BaseConsumer, message, () => run(self, message))
        : run;
    const handler = { ...open, run: shaped, ...(limit !== undefined && { place: { limit } }) };
    return declarations.map(({ channels, filters }) => ({ channels, filters, handler }));
  }
}

/** Makes the consumer of each stream once, for the connection. */
function staffed(): ConstructorParameters<typeof Streams>[1] {
  const made = new Map<string, Promise<StreamConsumer>>();
  return (stream: string, streamClass: StreamClass) => {
    const consumer = made.get(stream) ?? (streamClass.create() as Promise<StreamConsumer>);
    made.set(stream, consumer);
    return consumer;
  };
}

const NO_PATH = "in life 'connection' the path is that of the class, in @Consumers({ path })";
const NO_CLASS =
  "in life 'connection' each connection needs an instance: provide the class, no factory or value";
const NOT_STATIC =
  "in life 'connection' neither the class nor its enhancers may be request-scoped or transient";
const OTHER_LAYER = "that of the server, which connections of life 'connection' speak over";
