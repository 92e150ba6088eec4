import 'reflect-metadata';
import type { ParameterDecoratorOptions, PipeTransform, Type } from '@nestjs/common';

/** Is a pipe, or the class of one, that Nest makes with its dependencies. */
export type Pipe = Type<PipeTransform> | PipeTransform;

/** Is a Standard Schema, of whichever library. */
export type Schema = NonNullable<ParameterDecoratorOptions['schema']>;

/**
 * Is what a parameter decorator of ours takes, in any order.
 *
 * A text is the key of a part; a class is the type that pipes see, whatever the declared one is; a
 * schema, bare or as `{ schema }`, is for pipes too, Nest's `StandardSchemaValidationPipe` for one;
 * the rest are pipes, run after those of method and class.
 */
export type ParameterArgument = string | Type | Schema | Pipe | ParameterDecoratorOptions;

/** Is where Nest keeps a method's parameters; `createParamDecorator` writes there too. */
export const PARAMETERS_METADATA = '__routeArguments__';

/** Is where compilers leave the types of a method's parameters, for Nest to tell its pipes. */
const TYPES_METADATA = 'design:paramtypes';

interface ParameterDeclaration {
  key?: string;
  type?: Type;
  schema?: Schema;
  readonly pipes: Pipe[];
}

/** Creates the decorator of one parameter, whose value is looked up by `kind` and `dataOf(key)`. */
export function parameter(
  kind: number,
  given: readonly (ParameterArgument | undefined)[],
  dataOf: (key?: string) => unknown = (key) => key,
): ParameterDecorator {
  const { key, type, schema, pipes } = declarationOf(given);
  return (target, method, index) => {
    if (method === undefined) return;
    const { constructor } = target;
    const others = Reflect.getMetadata(PARAMETERS_METADATA, constructor, method) as object;
    const own = { index, data: dataOf(key), pipes, ...(schema && { schema }) };
    const all = { ...others, [`${kind}:${index}`]: own };
    Reflect.defineMetadata(PARAMETERS_METADATA, all, constructor, method);
    declareType(target, method, index, type);
  };
}

function declarationOf(given: readonly (ParameterArgument | undefined)[]): ParameterDeclaration {
  const declaration: ParameterDeclaration = { pipes: [] };
  for (const each of given) {
    if (typeof each === 'string') declaration.key = each;
    // Before pipes: schemas of zod have a method `transform` as well.
    else if (isSchema(each)) declaration.schema = each;
    else if (isPipe(each)) declaration.pipes.push(each);
    else if (typeof each === 'function') declaration.type = each;
    else if (each) addOptions(declaration, each);
  }
  return declaration;
}

function addOptions(
  declaration: ParameterDeclaration,
  { schema, pipes = [] }: ParameterDecoratorOptions,
): void {
  declaration.schema ??= schema;
  declaration.pipes.push(...pipes);
}

/** Are values as they come, of which a pipe that builds instances of their types would make none. */
const OPAQUE: ReadonlySet<unknown> = new Set([Uint8Array, URLSearchParams]);

/** Says a type that the compiler left out or, as for an interface, could not say. */
function declareType(target: object, method: string | symbol, index: number, given?: Type): void {
  const declared = Reflect.getMetadata(TYPES_METADATA, target, method) as unknown[] | undefined;
  const type = given ?? (OPAQUE.has(declared?.[index]) ? Object : undefined);
  if (!type) return;
  const types = [...(declared ?? [])];
  types[index] = type;
  Reflect.defineMetadata(TYPES_METADATA, types, target, method);
}

function isSchema(value: unknown): value is Schema {
  const { validate } = (value as Partial<Schema> | undefined)?.['~standard'] ?? {};
  return typeof validate === 'function';
}

function isPipe(value: unknown): value is Pipe {
  return hasTransform(value) || (typeof value === 'function' && hasTransform(value.prototype));
}

function hasTransform(value: unknown): boolean {
  return typeof (value as PipeTransform | undefined)?.transform === 'function';
}
