import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Injectable,
  type INestApplication,
  type Provider,
  Scope,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { MalformedJson } from '@nest-channels/core';
import { Consumer, Content } from 'nest-channels';
import { Handlers } from './support/handlers.js';
import { RunningApp, stopApps } from './support/running-app.js';
import { Trace, type Tracer } from './support/tracer.js';

afterEach(stopApps);

const trace = new Trace();
const OnClass = trace.tracer('class');
const OnMethod = trace.tracer('method');
const RangeFilter = trace.tracer('range filter', [RangeError]);
const Global = trace.tracer('global');
const GlobalPerMessage = trace.tracer('global', [], { scope: Scope.REQUEST });

@Injectable()
@UseGuards(OnClass)
class Guarded {
  @UseGuards(OnMethod)
  @Consumer('guarded')
  run() {}
}

@Injectable()
@UseInterceptors(OnClass)
class Intercepted {
  @UseInterceptors(OnMethod)
  @Consumer('intercepted')
  run() {}
}

@Injectable()
@UsePipes(OnClass)
class Piped {
  @UsePipes(OnMethod)
  @Consumer('piped')
  run(@Content('value') _value: unknown) {}
}

@Injectable()
@UseFilters(RangeFilter)
class Filtered {
  @Consumer('range')
  range() {
    throw new RangeError('caught here');
  }

  @Consumer('other')
  other() {
    throw new Error('caught by whom?');
  }
}

type Prepare = (app: INestApplication) => void;

interface Source {
  readonly providers?: Provider[];
  readonly prepare?: Prepare;
}

/** Are the ways to add a global enhancer of one kind. */
const sources = (token: string, use: (app: INestApplication, enhancer: Tracer) => unknown) =>
  [
    ['by the application', { prepare: (app) => void use(app, new Global()) }],
    ['by a provider', { providers: [{ provide: token, useClass: Global }] }],
    [
      'by a request-scoped provider',
      { providers: [{ provide: token, useClass: GlobalPerMessage, scope: Scope.REQUEST }] },
    ],
  ] as const satisfies readonly (readonly [string, Source])[];

const start = async (
  consumer: Type,
  { providers = [], prepare }: Source,
  options = {},
): Promise<Handlers> =>
  new Handlers(await RunningApp.start({ providers: [consumer, ...providers], prepare, options }));

describe.each([
  ['guards', Guarded, sources(APP_GUARD, (app, guard) => app.useGlobalGuards(guard))],
  [
    'interceptors',
    Intercepted,
    sources(APP_INTERCEPTOR, (app, interceptor) => app.useGlobalInterceptors(interceptor)),
  ],
  ['pipes', Piped, sources(APP_PIPE, (app, pipe) => app.useGlobalPipes(pipe))],
] as const)('global %s', (_kind, consumer: Type, cases) => {
  it.each<readonly [string, Source]>(cases)('run first when added %s', async (_how, source) => {
    const handlers = await start(consumer, source);
    await handlers.run(`${consumer.name}.run`);
    expect(trace.take()).toEqual(['global', 'class', 'method']);
  });

  it.each<readonly [string, Source]>(cases)(
    'stay out with globalEnhancers: false, added %s',
    async (_how, source) => {
      const handlers = await start(consumer, source, { globalEnhancers: false });
      await handlers.run(`${consumer.name}.run`);
      expect(trace.take()).toEqual(['class', 'method']);
    },
  );
});

describe('global filters', () => {
  const cases = sources(APP_FILTER, (app, filter) => app.useGlobalFilters(filter));

  it.each<readonly [string, Source]>(cases)('catch last when added %s', async (_how, source) => {
    const handlers = await start(Filtered, source);
    expect(await handlers.run('Filtered.range')).toBe('answered by range filter');
    expect(await handlers.run('Filtered.other')).toBe('answered by global');
  });

  it.each<readonly [string, Source]>(cases)(
    'stay out with globalEnhancers: false, added %s',
    async (_how, source) => {
      const handlers = await start(Filtered, source, { globalEnhancers: false });
      expect(await handlers.run('Filtered.range')).toBe('answered by range filter');
      await expect(handlers.run('Filtered.other')).rejects.toThrow('caught by whom?');
    },
  );
});

describe("a client's mistake", () => {
  @Injectable()
  class Misread {
    @Consumer('misread')
    run() {
      throw new MalformedJson('it is cut');
    }
  }

  it.each([true, false])(
    'is no line in the error log of Nest, with globalEnhancers: %s',
    async (globalEnhancers) => {
      const app = await RunningApp.start({ providers: [Misread], options: { globalEnhancers } });
      await expect(new Handlers(app).run('Misread.run')).rejects.toThrow(MalformedJson);
      expect(app.logs.messages('error')).toEqual([]);
    },
  );

  it('is for global filters to answer first', async () => {
    const prepare: Prepare = (app) => app.useGlobalFilters(new Global());
    const handlers = await start(Misread, { prepare });
    expect(await handlers.run('Misread.run')).toBe('answered by global');
  });
});
