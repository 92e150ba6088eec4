import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createParamDecorator,
  Injectable,
  type INestApplication,
  type Provider,
  Scope,
  StandardSchemaValidationPipe,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { ChannelsModule, Consumer, Content, Json, PathParam } from 'nest-channels';
import { z } from 'zod';
import { ConsumerExplorer } from '../src/consumer.explorer.js';
import { EnhancerChains } from '../src/enhancer-chain.js';
import { Handlers } from './support/handlers.js';
import { type AppParts, RunningApp, stopApps } from './support/running-app.js';
import { Trace } from './support/tracer.js';

afterEach(stopApps);

const trace = new Trace();
const [ClassGuard, ClassLog, ClassPipe] = ['ClassGuard', 'ClassLog', 'ClassPipe'].map((name) =>
  trace.tracer(name),
);
const [Guard, OtherGuard, Log] = ['Guard', 'OtherGuard', 'Log'].map((name) => trace.tracer(name));
const [Pipe, KeyPipe, OwnPipe] = ['Pipe', 'KeyPipe', 'OwnPipe'].map((name) => trace.tracer(name));
const ClassFilter = trace.tracer('ClassFilter', [TypeError]);
const Filter = trace.tracer('Filter', [RangeError]);
const GlobalFilter = trace.tracer('GlobalFilter', [SyntaxError]);
const PerMessage = trace.tracer('PerMessage', [], { scope: Scope.REQUEST });
const [AppGuard, AppLog, AppPipe] = ['AppGuard', 'AppLog', 'AppPipe'].map((name) =>
  trace.tracer(name),
);

const Own = createParamDecorator((_data: unknown) => 'own');

@Injectable()
@UseGuards(ClassGuard)
@UseInterceptors(ClassLog)
@UsePipes(ClassPipe)
@UseFilters(ClassFilter)
class Full {
  @UseGuards(Guard, new OtherGuard())
  @UseInterceptors(Log)
  @UsePipes(Pipe)
  @UseFilters(Filter)
  @Consumer('full')
  run(@Content('key', KeyPipe) key: unknown) {
    if (key instanceof Error) throw key;
  }
}

@Injectable()
class Parameters {
  @Consumer('parameters')
  run(
    @Own({ any: 'data' }, OwnPipe) _own: string,
    @Json('id', KeyPipe) _json: unknown,
    @PathParam('room', KeyPipe, Pipe) _room: string,
    @Content(Pipe) _all: object,
  ) {}
}

@Injectable()
class Bare {
  @Consumer('bare')
  run() {}
}

const globals = (app: INestApplication): void => {
  app.useGlobalGuards(new AppGuard());
  app.useGlobalInterceptors(new AppLog());
  app.useGlobalPipes(new AppPipe());
  app.useGlobalFilters(new GlobalFilter());
};

const start = async (parts: AppParts): Promise<Handlers> =>
  new Handlers(await RunningApp.start(parts));

const describeRun = (handlers: Handlers, label: string): string =>
  handlers.chains.describe(handlers.consumer(label));

/** Lists the names of some kinds in a description, in their order. */
const namesIn = (description: string, ...kinds: string[]): string[] =>
  kinds.flatMap((kind) => {
    const names = new RegExp(`${kind}: ([^;]*)`).exec(description)?.[1] ?? '';
    return names.split(', ').map((name) => name.replace(/ \(.*\)$/, ''));
  });

describe('EnhancerChains', () => {
  it('describes every enhancer of a handler, the global ones marked', async () => {
    const handlers = await start({ providers: [Full], prepare: globals });
    expect(describeRun(handlers, 'Full.run').split('; ')).toEqual([
      'guards: AppGuard (global), ClassGuard, Guard, OtherGuard',
      'interceptors: AppLog (global), ClassLog, Log',
      'pipes: AppPipe (global), ClassPipe, Pipe, KeyPipe (key)',
      'filters: Filter, ClassFilter, GlobalFilter (global)',
    ]);
  });

  it('describes nothing where there is nothing', async () => {
    const handlers = await start({ providers: [Bare] });
    expect(describeRun(handlers, 'Bare.run')).toBe('');
  });

  it('names the keys of parameters with pipes of their own, from left to right', async () => {
    const handlers = await start({ providers: [Parameters] });
    expect(describeRun(handlers, 'Parameters.run')).toBe(
      'pipes: OwnPipe, KeyPipe (id), KeyPipe (room), Pipe (room), Pipe',
    );
  });

  it.each([
    ['with global enhancers', true],
    ['without them', false],
  ])('describes what runs, in its order, %s', async (_what, globalEnhancers) => {
    const handlers = await start({
      providers: [
        Full,
        { provide: APP_GUARD, useClass: PerMessage, scope: Scope.REQUEST },
        { provide: APP_INTERCEPTOR, useClass: PerMessage, scope: Scope.REQUEST },
        { provide: APP_PIPE, useClass: PerMessage, scope: Scope.REQUEST },
        { provide: APP_GUARD, useClass: Guard },
      ],
      prepare: globals,
      options: { globalEnhancers },
    });
    const description = describeRun(handlers, 'Full.run');
    await handlers.run('Full.run', { key: 'value' });
    expect(namesIn(description, 'guards', 'interceptors', 'pipes')).toEqual(trace.take());
    expect(description.includes('PerMessage (global)')).toBe(globalEnhancers);
  });

  it('describes filters in the order in which they are asked', async () => {
    const all = ['Last', 'Middle', 'First'].map((name) => trace.tracer(name));
    @Injectable()
    @UseFilters(all[1])
    class Failing {
      @UseFilters(all[2])
      @Consumer('failing')
      run() {
        throw new Error('for the first that is asked');
      }
    }
    const providers = [Failing, { provide: APP_FILTER, useClass: all[0] }];
    const handlers = await start({ providers });
    const names = namesIn(describeRun(handlers, 'Failing.run'), 'filters');
    expect(names).toEqual(['First', 'Middle', 'Last']);
    await handlers.run('Failing.run');
    expect(trace.take()).toEqual(['First']);
  });

  const problemsOf = async (...providers: Provider[]): Promise<string[]> => {
    const imports = [ChannelsModule.forRoot()];
    const module = await Test.createTestingModule({ imports, providers }).compile();
    const consumers = module.get(ConsumerExplorer, { strict: false }).consumers();
    const chains = module.get(EnhancerChains, { strict: false });
    return consumers.flatMap((consumer) => chains.problems(consumer));
  };

  it.each([
    ['a factory', { provide: 'FULL', useFactory: () => new Full() }],
    ['a value', { provide: 'FULL', useValue: new Full() }],
  ])('finds what Nest would leave out around what %s provides', async (_how, provider) => {
    expect(await problemsOf(provider)).toEqual([
      'ClassGuard, Guard, ClassLog, Log, ClassPipe, Pipe, ClassFilter, Filter, KeyPipe would not ' +
        'run around what a factory or a value provides; provide the class, or give instances to ' +
        '@UseGuards() and its like',
    ]);
  });

  it('finds global enhancers made for each message left out around what a factory provides', async () => {
    const guard = { provide: APP_GUARD, useClass: PerMessage, scope: Scope.REQUEST };
    const bare = { provide: 'BARE', useFactory: () => new Bare() };
    expect(await problemsOf(bare, guard)).toEqual([
      expect.stringContaining('PerMessage would not run around what a factory or a value provides'),
    ]);
    expect(await problemsOf(Bare, guard)).toEqual([]);
    expect(await problemsOf(bare, { provide: APP_GUARD, useClass: Guard })).toEqual([]);
  });

  it.each([
    ['the class', Parameters],
    ['the class under a token', { provide: 'PARAMETERS', useClass: Parameters }],
  ])('finds nothing left out around %s', async (_how, provider) => {
    expect(await problemsOf(provider)).toEqual([]);
  });

  it('finds a schema that nothing checks', async () => {
    const schema = z.object({});
    @Injectable()
    class Unchecked {
      @Consumer('unchecked')
      run(@Content({ schema }) _content: unknown) {}

      @Consumer('checked')
      checked(@Content({ schema, pipes: [StandardSchemaValidationPipe] }) _content: unknown) {}
    }
    const problem =
      'a parameter has a schema, but no pipe to check it; add StandardSchemaValidationPipe';
    expect(await problemsOf(Unchecked)).toEqual([problem]);
    const global = { provide: APP_PIPE, useClass: StandardSchemaValidationPipe };
    expect(await problemsOf(Unchecked, global)).toEqual([]);
  });
});
