import type { Message } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';
import { Channels } from '../channels.js';
import type { ConsumerMethod } from '../consumer.explorer.js';
import { InvalidConfiguration, StateMissing } from '../errors.js';
import { type Caller, type Handler, HandlerFactory } from '../handler.js';
import { BaseConsumer, callMethod, isClassBased, valueFrom } from './base-consumer.js';
import { CONTEXT } from './consumer-context.js';
import { type ConsumerFlag, ConsumerFlags, flagsOf } from './consumer-flags.js';
import { MessageContext } from './message-context.js';
import { fieldProblems } from './own-fields.js';
import { privateNames } from './private-names.js';
import { StreamStaff } from './stream-staff.js';
import { type StreamClass, type StreamConsumer, Streams } from './streams.js';
import type { WebsocketConsumer } from './websocket-consumer.js';

/** Builds the handlers of message-life consumers, class-based ones and all others. */
@Injectable()
export class ConsumerHandlers {
  constructor(
    private readonly handlers: HandlerFactory,
    private readonly flags: ConsumerFlags,
    private readonly channels: Channels,
    private readonly staff: StreamStaff,
  ) {}

  create(consumer: ConsumerMethod): Handler {
    if (!isClassBased(consumer.type)) return this.handlers.create(consumer);
    return isShared(consumer) ? this.#viewed(consumer) : this.#scoped(consumer);
  }

  /** Says what of a class-based consumer cannot work. */
  problems(consumer: ConsumerMethod): string[] {
    if (!isClassBased(consumer.type) || !isShared(consumer)) return [];
    const shared = instanceOf(consumer);
    const streams = this.staff.consumersOf(shared);
    return [
      ...privateNameProblems(consumer.type),
      ...fieldProblems(shared, consumer.method),
      ...this.flags.problems(flagsOf(shared, ...streams)),
      ...this.staff.problems(shared),
      ...streams.flatMap(({ constructor: { name }, constructor }) =>
        privateNameProblems(constructor).map((problem) => `${name}: ${problem}`),
      ),
    ];
  }

  /** Runs each message on a view of the injected instance, so that what it sets there is its own. */
  #viewed(consumer: ConsumerMethod): Handler {
    const shared = instanceOf(consumer);
    const streams = this.staff.consumersOf(shared);
    const flags = flagsOf(shared, ...streams);
    const parts = this.#contextParts(consumer, shared, flags);
    const { run, ...handler } = this.handlers.open(consumer, callMethod);
    const runView = async (message: Message): Promise<unknown> => {
      const view = Object.create(shared) as BaseConsumer<object>;
      view[CONTEXT] = new MessageContext(message, parts);
      return valueFrom(view, message, () => run(view, message));
    };
    const ordered = [shared, ...streams].some(isStrict) || handler.isOrdered;
    if (flags.length === 0) return { ...handler, isOrdered: ordered, run: runView };
    return {
      ...handler,
      isOrdered: ordered,
      run: (message) => this.flags.around(flags, message, () => runView(message)),
    };
  }

  /** Runs each message on the instance that Nest makes for it; flags are known only then. */
  #scoped(consumer: ConsumerMethod): Handler {
    const around: Caller = (self, method, message, args) => {
      const instance = self as BaseConsumer<object>;
      const flags = flagsOf(instance);
      instance[CONTEXT] = new MessageContext(
        message,
        this.#contextParts(consumer, instance, flags),
      );
      const problems = this.flags.problems(flags);
      if (problems.length > 0) throw new InvalidConfiguration(problems);
      const call = async (): Promise<unknown> => callMethod(self, method, message, args);
      const next = (): Promise<unknown> => valueFrom(instance, message, call);
      return this.flags.around(flags, message, next);
    };
    return this.handlers.scoped(consumer, around);
  }

  #contextParts(
    { type, options }: ConsumerMethod,
    shared: BaseConsumer<object>,
    flags: readonly ConsumerFlag[],
  ): ConstructorParameters<typeof MessageContext>[1] {
    return {
      channels: this.channels,
      layer: options.layer,
      shared,
      streams: streamsIn(this.staff.of(shared)),
      stateOf: (message) => {
        const state = this.flags.stateOf(flags, message);
        if (!state) throw new StateMissing(type.name);
        return state;
      },
    };
  }
}

/** Each message gets a view of the injected consumer of its stream. */
function streamsIn(classes: ReadonlyMap<string, StreamClass> | undefined): Streams | undefined {
  const view = async ({ shared }: StreamClass): Promise<StreamConsumer> =>
    Object.create(shared) as StreamConsumer;
  return classes && new Streams(classes, (_stream, streamClass) => view(streamClass));
}

const NO_PRIVATE_NAMES =
  "belongs to the injected instance, of which each message gets a view: write `private`, keep it in `this.state`, or give the class life 'connection'";

function privateNameProblems(type: object): string[] {
  return privateNames(type, BaseConsumer).map((name) => `${name} ${NO_PRIVATE_NAMES}`);
}

function isStrict(consumer: Partial<WebsocketConsumer<object>>): boolean {
  return consumer.strictOrdering === true;
}

function isShared({ wrapper }: ConsumerMethod): boolean {
  return wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
}

function instanceOf({ wrapper }: ConsumerMethod): BaseConsumer<object> {
  return wrapper.instance as BaseConsumer<object>;
}
