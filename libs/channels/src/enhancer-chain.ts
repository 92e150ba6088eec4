import 'reflect-metadata';
import { Injectable, type Type } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import type { ConsumerMethod, Wrapper } from './consumer.explorer.js';
import { HandlerContexts } from './handler-contexts.js';
import { JsonPart } from './message-parameters.js';
import { PARAMETERS_METADATA } from './parameter-declaration.js';

/** Are the kinds of enhancers, each with where Nest keeps those of a class or method. */
const KINDS = {
  guards: '__guards__',
  interceptors: '__interceptors__',
  pipes: '__pipes__',
  filters: '__exceptionFilters__',
} as const;

type Kind = keyof typeof KINDS;

const KIND_NAMES = Object.keys(KINDS) as Kind[];

/** Is an enhancer as it was declared: its class, or an instance. */
type Declared = Type | object;

interface Parameter {
  readonly index: number;
  readonly data?: unknown;
  readonly pipes?: readonly Declared[];
  readonly schema?: unknown;
}

/** Reads which enhancers Nest runs around handlers. */
@Injectable()
export class EnhancerChains {
  constructor(private readonly contexts: HandlerContexts) {}

  /**
   * Describes the enhancers around a handler: `guards: JwtGuard (global), RoomGuard; pipes: Trim`.
   *
   * Each kind stands in the order in which it runs; of filters the first that matches does.
   */
  describe(consumer: ConsumerMethod): string {
    const kinds = KIND_NAMES.map((kind) => ({ kind, names: this.#names(kind, consumer) }));
    const present = kinds.filter(({ names }) => names.length > 0);
    return present.map(({ kind, names }) => `${kind}: ${names.join(', ')}`).join('; ');
  }

  /** Tells whether nothing but filters runs around a handler. */
  isBare(consumer: ConsumerMethod): boolean {
    const kinds = KIND_NAMES.filter((kind) => kind !== 'filters');
    return kinds.every((kind) => this.#names(kind, consumer).length === 0);
  }

  /** Says what was asked for around a handler and would, without a word of Nest's, not be done. */
  problems(consumer: ConsumerMethod): string[] {
    const leftOut = [...this.#globalsLeftOut(consumer), ...leftOutOf(consumer)];
    const names = [...new Set(leftOut.map(nameOf))].join(', ');
    const problems = names === '' ? [] : [`${names} ${LEFT_OUT}`];
    const hasSchema = parametersOf(consumer).some(({ schema }) => schema !== undefined);
    if (hasSchema && this.#names('pipes', consumer).length === 0) problems.push(UNCHECKED);
    return problems;
  }

  /** Nest makes global enhancers anew for consumers that it makes itself. */
  #globalsLeftOut({ wrapper }: ConsumerMethod): Declared[] {
    const { globals } = this.contexts;
    return wrapper.isNotMetatype ? KIND_NAMES.flatMap((kind) => GLOBALS[kind](globals).scoped) : [];
  }

  #names(kind: Kind, consumer: ConsumerMethod): string[] {
    const { shared, scoped } = GLOBALS[kind](this.contexts.globals);
    const globals = [...shared, ...scoped].map((each) => `${nameOf(each)} (global)`);
    const names = [...globals, ...ownOf(kind, consumer).map(nameOf)];
    if (kind === 'filters') return names.toReversed();
    return kind === 'pipes' ? [...names, ...parametersOf(consumer).flatMap(pipeNames)] : names;
  }
}

const LEFT_OUT =
  'would not run around what a factory or a value provides; ' +
  'provide the class, or give instances to @UseGuards() and its like';

const UNCHECKED =
  'a parameter has a schema, but no pipe to check it; add StandardSchemaValidationPipe';

/** Nest makes the enhancers of classes that it makes itself, and skips those that it did not make. */
function leftOutOf(consumer: ConsumerMethod): Declared[] {
  const made = consumer.wrapper.host?.injectables;
  const declared = KIND_NAMES.flatMap((kind) => ownOf(kind, consumer));
  const all = [...declared, ...parametersOf(consumer).flatMap(({ pipes = [] }) => pipes)];
  return all.filter((each) => typeof each === 'function' && !made?.has(each as Type));
}

/** Are the global enhancers of a kind: instances, and the classes of those made when needed. */
interface Globals {
  readonly shared: readonly Declared[];
  readonly scoped: readonly Declared[];
}

const GLOBALS: Readonly<Record<Kind, (config: ApplicationConfig) => Globals>> = {
  guards: (config) => ({
    shared: config.getGlobalGuards(),
    scoped: config.getGlobalRequestGuards().map(classOf),
  }),
  interceptors: (config) => ({
    shared: config.getGlobalInterceptors(),
    scoped: config.getGlobalRequestInterceptors().map(classOf),
  }),
  pipes: (config) => ({
    shared: config.getGlobalPipes(),
    scoped: config.getGlobalRequestPipes().map(classOf),
  }),
  filters: (config) => ({
    shared: config.getGlobalFilters(),
    scoped: config.getGlobalRequestFilters().map(classOf),
  }),
};

function ownOf(kind: Kind, { type, method }: ConsumerMethod): Declared[] {
  const handler = (type.prototype as Record<string, object>)[method];
  const owners = [type, handler];
  return owners.flatMap((owner) => (Reflect.getMetadata(KINDS[kind], owner) ?? []) as Declared[]);
}

function parametersOf({ type, method }: ConsumerMethod): Parameter[] {
  const parameters = Reflect.getMetadata(PARAMETERS_METADATA, type, method) as object | undefined;
  const list = Object.values(parameters ?? {}) as Parameter[];
  return list.toSorted((one, other) => one.index - other.index);
}

function pipeNames({ data, pipes = [] }: Parameter): string[] {
  const key = typeof data === 'string' || data instanceof JsonPart ? String(data) : '';
  const where = key && ` (${key})`;
  return pipes.map((pipe) => nameOf(pipe) + where);
}

/** What is made for each message is known by the wrapper of its provider only. */
function classOf({ metatype }: Wrapper): Declared {
  return metatype ?? Object;
}

function nameOf(enhancer: Declared): string {
  return typeof enhancer === 'function' ? enhancer.name : enhancer.constructor.name;
}
