import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { declareOpenParameters, hasParameters } from '../../src/consumers/open-parameters.js';
import { KIND } from '../../src/message-parameters.js';
import { Content, PathParam } from '../../src/parameter.decorators.js';
import { PARAMETERS_METADATA } from '../../src/parameter-declaration.js';

class Sample {
  plain(): void {}
  declared(@Content('text') _text: string, _none: unknown, @PathParam() _params: object): void {}
}

describe('hasParameters', () => {
  it('tells whether parameters are decorated', () => {
    expect(hasParameters(Sample, 'plain')).toBe(false);
    expect(hasParameters(Sample, 'declared')).toBe(true);
  });
});

describe('declareOpenParameters', () => {
  it.each([
    ['plain', 0, 1],
    ['declared', 3, 3],
  ])('puts the turn behind the parameters of "%s"', (method, index, count) => {
    const name = declareOpenParameters(Sample, method);
    const all = Reflect.getMetadata(PARAMETERS_METADATA, Sample, name) as object;
    expect(all).toHaveProperty([`${KIND.turn}:${index}`, 'index'], index);
    expect(Object.keys(all)).toHaveLength(count);
  });

  it('leaves the method itself as it is', () => {
    declareOpenParameters(Sample, 'plain');
    expect(hasParameters(Sample, 'plain')).toBe(false);
  });
});
