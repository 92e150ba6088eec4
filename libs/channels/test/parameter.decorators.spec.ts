import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { ParseIntPipe } from '@nestjs/common';
import type { Message } from '@nest-channels/core';
import { Content, Json, Msg, PathParam, QueryParam } from 'nest-channels';
import { JsonPart } from '../src/message-parameters.js';
import { PARAMETERS_METADATA } from '../src/parameter-declaration.js';

class Job {}

const pipe = new ParseIntPipe();

class Handlers {
  one(
    @Msg() _message: Message,
    @Content() _all: object,
    @Content('key', ParseIntPipe) _key: number,
    @Content(Job) _typed: object,
    @Json('key', pipe) _json: number,
  ) {}

  two(
    @PathParam() _all: object,
    @PathParam('room', pipe) _one: number,
    @QueryParam('q', pipe) _query: number,
  ) {}
}

const parametersOf = (method: string): object =>
  Reflect.getMetadata(PARAMETERS_METADATA, Handlers, method) as object;

describe('parameter decorators', () => {
  it('declare content and JSON as the body that validation pipes look at', () => {
    expect(parametersOf('one')).toEqual({
      '100:0': { index: 0, data: undefined, pipes: [] },
      '3:1': { index: 1, data: undefined, pipes: [] },
      '3:2': { index: 2, data: 'key', pipes: [ParseIntPipe] },
      '3:3': { index: 3, data: undefined, pipes: [] },
      '3:4': { index: 4, data: new JsonPart('key'), pipes: [pipe] },
    });
  });

  it('declare captures as param and query parameters as query', () => {
    expect(parametersOf('two')).toEqual({
      '5:0': { index: 0, data: undefined, pipes: [] },
      '5:1': { index: 1, data: 'room', pipes: [pipe] },
      '4:2': { index: 2, data: 'q', pipes: [pipe] },
    });
  });
});
