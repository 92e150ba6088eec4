import { describe, expect, it } from '@jest/globals';
import {
  Consumer,
  consumerDeclarations,
  Consumers,
  consumersOptions,
} from '../src/consumer.decorator.js';

@Consumers({ path: '/chat', layer: 'fast' })
class Chat {
  @Consumer('websocket.connect', { path: '/a' })
  @Consumer(['jobs', 'more.jobs'])
  several() {}

  plain() {}
}

class Child extends Chat {
  @Consumer('child')
  own() {}
}

describe('Consumer', () => {
  it('declares channels and filters, several times on one method, top to bottom', () => {
    expect(consumerDeclarations(Chat.prototype, 'several')).toEqual([
      { channels: ['websocket.connect'], filters: { path: '/a' } },
      { channels: ['jobs', 'more.jobs'], filters: {} },
    ]);
  });

  it('leaves other methods alone', () => {
    expect(consumerDeclarations(Chat.prototype, 'plain')).toEqual([]);
  });

  it('is inherited, and a child adds nothing to its parent', () => {
    expect(consumerDeclarations(Child.prototype, 'several')).toHaveLength(2);
    expect(consumerDeclarations(Child.prototype, 'own')).toHaveLength(1);
    expect(consumerDeclarations(Chat.prototype, 'own')).toEqual([]);
  });
});

describe('Consumers', () => {
  it('gives its options to the class and to those that extend it', () => {
    expect(consumersOptions(Chat)).toEqual({ path: '/chat', layer: 'fast' });
    expect(consumersOptions(Child)).toEqual({ path: '/chat', layer: 'fast' });
  });

  it('leaves a class without it with no options', () => {
    expect(consumersOptions(class Plain {})).toEqual({});
  });
});
