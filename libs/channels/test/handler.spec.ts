import { describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Catch,
  type ExceptionFilter,
  Injectable,
  Scope,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { Message } from '@nest-channels/core';
import { Test } from '@nestjs/testing';
import { ChannelsModule, Consumer, Content, TaskTimeout } from 'nest-channels';
import { of } from 'rxjs';
import { ConsumerExplorer } from '../src/consumer.explorer.js';
import { type Handler, HandlerFactory } from '../src/handler.js';

@Injectable()
class Deny implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Catch()
class Stream implements ExceptionFilter {
  catch(): unknown {
    return of('answer of a filter');
  }
}

let instances = 0;

@Injectable({ scope: Scope.TRANSIENT })
class Transient {
  constructor() {
    instances++;
  }
  @Consumer('transient')
  run(@Content('text') text: string) {
    return text;
  }
}

@Injectable()
class Shared {
  runs = 0;

  @Consumer('shared')
  run(message: Message) {
    this.runs++;
    return [this.runs, message.channel];
  }

  @Consumer('timed')
  @TaskTimeout(50)
  timed() {}

  @Consumer('every')
  every(...args: unknown[]) {
    return args;
  }

  @Consumer('values')
  values() {
    return of('first', 'last');
  }

  @UseFilters(Stream)
  @Consumer('answered')
  answered() {
    throw new Error('boom');
  }

  @UseGuards(Deny)
  @Consumer('denied')
  denied() {}
}

const handlers = async (): Promise<Map<string, Handler>> => {
  const module = await Test.createTestingModule({
    imports: [ChannelsModule.forRoot()],
    providers: [Shared, Transient],
  }).compile();
  const factory = module.get(HandlerFactory, { strict: false });
  const consumers = module.get(ConsumerExplorer, { strict: false }).consumers();
  return new Map(consumers.map((consumer) => [consumer.label, factory.create(consumer)]));
};

const message = (channel: string, content = {}): Message => new Message({ channel, content });

describe('HandlerFactory', () => {
  it('runs a shared consumer on its one instance, with the message as argument', async () => {
    const handler = (await handlers()).get('Shared.run');
    expect(await handler?.run(message('shared'))).toEqual([1, 'shared']);
    expect(await handler?.run(message('shared'))).toEqual([2, 'shared']);
  });

  it('makes a transient consumer for each message', async () => {
    const handler = (await handlers()).get('Transient.run');
    const before = instances;
    expect(await handler?.run(message('transient', { text: 'a' }))).toBe('a');
    expect(await handler?.run(message('transient', { text: 'b' }))).toBe('b');
    expect(instances - before).toBe(2);
  });

  it('passes message, content and channel to a method without decorated parameters', async () => {
    const handler = (await handlers()).get('Shared.every');
    const given = message('every', { id: 1 });
    expect(await handler?.run(given)).toEqual([given, { id: 1 }, 'every']);
  });

  it.each([
    ['values', 'last'],
    ['answered', 'answer of a filter'],
  ])('resolves to the last value of a stream: %s', async (method, expected) => {
    const handler = (await handlers()).get(`Shared.${method}`);
    expect(await handler?.run(message(method))).toBe(expected);
  });

  it('knows how long a run may take, where the method says it', async () => {
    const all = await handlers();
    expect([all.get('Shared.timed')?.timeoutMs, all.get('Shared.every')?.timeoutMs]).toEqual([
      50,
      undefined,
    ]);
  });

  it('rejects with what a guard denied', async () => {
    const handler = (await handlers()).get('Shared.denied');
    await expect(handler?.run(message('denied'))).rejects.toMatchObject({ status: 403 });
  });
});
