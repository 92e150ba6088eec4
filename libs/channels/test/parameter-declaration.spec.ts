import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { ParseIntPipe, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import {
  parameter,
  type ParameterArgument,
  PARAMETERS_METADATA,
} from '../src/parameter-declaration.js';

class Job {}

class Trim implements PipeTransform {
  transform(value: string): string {
    return value.trim();
  }
}

const pipe = new ParseIntPipe();
const schema = z.object({ id: z.string() });

/** Decorates the second parameter of a method and returns what its class then says of it. */
function declared(...given: ParameterArgument[]): { metadata: object; types: unknown } {
  class Handlers {
    handle(_first: string, _second: unknown) {}
  }
  parameter(3, given)(Handlers.prototype, 'handle', 1);
  return {
    metadata: Reflect.getMetadata(PARAMETERS_METADATA, Handlers, 'handle') as object,
    types: Reflect.getMetadata('design:paramtypes', Handlers.prototype, 'handle'),
  };
}

describe('parameter', () => {
  it.each<readonly [string, ParameterArgument[], object]>([
    ['nothing', [], { data: undefined, pipes: [] }],
    ['a key', ['id'], { data: 'id', pipes: [] }],
    ['a pipe', [pipe], { data: undefined, pipes: [pipe] }],
    ['classes of pipes', ['id', Trim, ParseIntPipe], { data: 'id', pipes: [Trim, ParseIntPipe] }],
    ['a type', [Job], { data: undefined, pipes: [] }],
    ['a bare schema', [schema], { data: undefined, pipes: [], schema }],
    ['a key and a schema', ['id', schema], { data: 'id', pipes: [], schema }],
    ['options', [{ schema, pipes: [pipe] }], { data: undefined, pipes: [pipe], schema }],
    ['a key and options', ['id', { schema }, Trim], { data: 'id', pipes: [Trim], schema }],
    ['empty options', [{}], { data: undefined, pipes: [] }],
  ])('takes %s', (_what, given, expected) => {
    expect(declared(...given).metadata).toEqual({ '3:1': { index: 1, ...expected } });
  });

  it('takes a schema that is a function', () => {
    const callable = Object.assign(() => undefined, { '~standard': schema['~standard'] });
    expect(declared(callable).metadata).toMatchObject({
      '3:1': { schema: callable },
    });
  });

  it('says the given type where the compiler said none', () => {
    expect(declared('job', Job).types).toEqual([undefined, Job]);
    expect(declared('job').types).toBeUndefined();
  });

  it('says the given type instead of the declared one, and leaves the others', () => {
    const given = parameter(3, [Job]);
    class Handlers {
      @((_target: object, _method: string) => undefined)
      handle(_first: string, @given _second: object, _third: number) {}
    }
    const types: unknown = Reflect.getMetadata('design:paramtypes', Handlers.prototype, 'handle');
    expect(types).toEqual([String, Job, Number]);
  });

  it('says no type of bytes and queries, which a pipe that builds instances would empty', () => {
    class Handlers {
      @((_target: object, _method: string) => undefined)
      handle(
        @parameter(3, ['bytes']) _bytes: Uint8Array,
        @parameter(4, []) _query: URLSearchParams,
        @parameter(3, []) _job: Job,
      ) {}
    }
    const types: unknown = Reflect.getMetadata('design:paramtypes', Handlers.prototype, 'handle');
    expect(types).toEqual([Object, Object, Job]);
  });

  it('says nothing of the parameters of a constructor', () => {
    class Handlers {}
    parameter(3, ['id', Job])(Handlers, undefined, 0);
    expect(Reflect.getMetadataKeys(Handlers)).toEqual([]);
  });
});
