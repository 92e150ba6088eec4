import { describe, expect, it } from '@jest/globals';
import { Message } from '@nest-channels/core';
import { consumersOptions } from '../../src/consumer.decorator.js';
import { BaseConsumer, isClassBased } from '../../src/consumers/base-consumer.js';
import { CALL, CONTEXT, SHAPE } from '../../src/consumers/consumer-context.js';
import { ConsumerIdle } from '../../src/errors.js';

class Sample extends BaseConsumer {
  readonly size: number = 1;

  constructor(readonly made: string) {
    super();
  }

  idle(): unknown {
    return this.message;
  }
}

const message = new Message({ channel: 'jobs', content: { id: 1 } });

describe('BaseConsumer', () => {
  it('refuses to tell of a message that is not there', () => {
    expect(() => new Sample('a').idle()).toThrow(ConsumerIdle);
  });

  it('calls a method with the message, its content and its channel, or as it is told to', () => {
    const sample = new Sample('a');
    const list = (...args: unknown[]): unknown[] => args;
    expect(sample[CALL](list, message)).toEqual([message, { id: 1 }, 'jobs']);
    expect(sample[CALL](list, message, ['b'])).toEqual(['b']);
    expect(sample[SHAPE]('c')).toBe('c');
    expect(sample[CONTEXT]).toBeUndefined();
  });

  it('is known by its classes', () => {
    expect([Sample, BaseConsumer, Object].map(isClassBased)).toEqual([true, false, false]);
  });
});

describe('asRoute', () => {
  const route = Sample.asRoute(
    { size: 2, methodMapping: { jobs: 'idle' } },
    { path: '/a', id: 'b' },
  );

  it('makes a class of the same name with attributes of its own', () => {
    expect(route.name).toBe('Sample');
    expect(new route('x')).toMatchObject({ size: 2, made: 'x' });
    expect(new Sample('x')).toMatchObject({ size: 1 });
    expect(route).toHaveProperty('methodMapping', { jobs: 'idle' });
    expect(BaseConsumer.methodMapping).toBeUndefined();
  });

  it('says what the class consumes, beside what was said before', () => {
    expect(consumersOptions(route)).toEqual({ path: '/a', filters: { id: 'b' } });
    expect(consumersOptions(route.asRoute({}, { path: '/c' }))).toEqual({
      path: '/c',
      filters: {},
    });
    expect(consumersOptions(Sample)).toEqual({});
  });
});
