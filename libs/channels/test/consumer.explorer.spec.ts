import { describe, expect, it } from '@jest/globals';
import { Controller, Injectable, Scope } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Consumer, Consumers } from '../src/consumer.decorator.js';
import { ConsumerExplorer } from '../src/consumer.explorer.js';

class Parent {
  @Consumer('inherited')
  inherited() {}
}

@Injectable()
@Consumers({ path: '/a' })
class ByClass extends Parent {
  @Consumer('by.class')
  run() {}
}

@Injectable({ scope: Scope.REQUEST })
class ByRequest {
  @Consumer('by.request')
  run() {}
}

class ByFactory {
  @Consumer('by.factory')
  run() {}
}

@Injectable()
class Silent {
  run() {}
}

@Controller()
class OnController {
  @Consumer('on.controller')
  run() {}
}

const explore = async (): Promise<ConsumerExplorer> => {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    controllers: [OnController],
    providers: [
      ConsumerExplorer,
      ByClass,
      ByRequest,
      Silent,
      { provide: 'FACTORY', useFactory: () => new ByFactory() },
      { provide: 'ALIAS', useExisting: ByClass },
      { provide: 'VALUE', useValue: null },
      { provide: 'TEXT', useValue: 'text' },
    ],
  }).compile();
  return module.get(ConsumerExplorer);
};

describe('ConsumerExplorer', () => {
  it('finds methods of providers by class, scope, factory and inheritance, aliases once', async () => {
    const consumers = (await explore()).consumers();
    expect(consumers.map(({ label }) => label).toSorted()).toEqual([
      'ByClass.inherited',
      'ByClass.run',
      'ByFactory.run',
      'ByRequest.run',
    ]);
    expect(consumers.find(({ label }) => label === 'ByClass.run')).toMatchObject({
      method: 'run',
      declarations: [{ channels: ['by.class'] }],
      options: { path: '/a' },
    });
  });

  it('finds those that stand on controllers', async () => {
    const misplaced = (await explore()).misplacedConsumers();
    expect(misplaced.map(({ label }) => label)).toEqual(['OnController.run']);
  });
});
