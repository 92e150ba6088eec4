import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  createParamDecorator,
  type ExceptionFilter,
  type ExecutionContext,
  type FactoryProvider,
  Inject,
  Injectable,
  Module,
  type NestInterceptor,
  ParseIntPipe,
  type PipeTransform,
  Scope,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import {
  type ContextId,
  ContextIdFactory,
  type ContextIdStrategy,
  type HostComponentInfo,
  REQUEST,
} from '@nestjs/core';
import { Message } from '@nest-channels/core';
import { IsInt } from 'class-validator';
import { ChannelsExecutionContext, Consumer, Content } from 'nest-channels';
import { map, type Observable, of } from 'rxjs';
import { Handlers } from './support/handlers.js';
import { type AppParts, RunningApp, stopApps } from './support/running-app.js';

afterEach(stopApps);

const boot = async (...providers: NonNullable<AppParts['providers']>): Promise<Handlers> =>
  new Handlers(await RunningApp.start({ providers }));

/** Is any enhancer; it knows the message that it was made for. */
@Catch()
@Injectable({ scope: Scope.REQUEST })
class OfMessage implements CanActivate, NestInterceptor, PipeTransform, ExceptionFilter {
  constructor(@Inject(REQUEST) private readonly message: Message) {}

  canActivate(): boolean {
    return this.message.content['allowed'] !== false;
  }
  intercept(_context: unknown, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((value) => `${String(value)} ${this.#id}`));
  }
  transform(value: unknown): unknown {
    return `${String(value)} ${this.#id}`;
  }
  catch(error: Error): string {
    return `${error.message} ${this.#id}`;
  }
  get #id(): string {
    return `in ${String(this.message.content['id'])}`;
  }
}

/** Counts its instances. */
@Injectable({ scope: Scope.TRANSIENT })
class Transient implements CanActivate, PipeTransform {
  static readonly made: Transient[] = [];
  readonly #number = Transient.made.push(this);

  canActivate(): boolean {
    return this.#number > 0;
  }
  transform(value: unknown): unknown {
    return this.#number > 0 ? value : 'a placeholder';
  }
}

describe('a shared consumer with an enhancer made for each message', () => {
  it('asks the guard of that message', async () => {
    @Injectable()
    class Guarded {
      @UseGuards(OfMessage)
      @Consumer('test')
      run() {
        return 'allowed';
      }
    }
    const handlers = await boot(Guarded);
    expect(await handlers.run('Guarded.run', { id: 1 })).toBe('allowed');
    await expect(handlers.run('Guarded.run', { allowed: false })).rejects.toThrow('Forbidden');
  });

  it('runs the interceptor, pipes and filter of that message', async () => {
    @Injectable()
    @UseFilters(OfMessage)
    class Enhanced {
      @UseInterceptors(OfMessage)
      @UsePipes(OfMessage)
      @Consumer('test')
      run(@Content('a', OfMessage) a: string) {
        return a;
      }

      @Consumer('failing')
      fail() {
        throw new Error('boom');
      }
    }
    const handlers = await boot(Enhanced);
    const runs = [1, 2].map((id) => handlers.run('Enhanced.run', { id, a: 'x' }));
    expect(await Promise.all(runs)).toEqual(['x in 1 in 1 in 1', 'x in 2 in 2 in 2']);
    expect(await handlers.run('Enhanced.fail', { id: 3 })).toBe('boom in 3');
  });
});

describe('a consumer', () => {
  it('is made for each message when something it depends on is', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Unit {
      constructor(@Inject(REQUEST) readonly message: Message) {}
    }
    @Injectable()
    class Bubbling {
      constructor(private readonly unit: Unit) {}
      @Consumer('test')
      run(message: Message) {
        return this.unit.message === message;
      }
    }
    const handlers = await boot(Unit, Bubbling);
    expect(await handlers.run('Bubbling.run')).toBe(true);
    expect(await handlers.run('Bubbling.run')).toBe(true);
  });

  it('has transient guards and pipes made once where it is shared itself', async () => {
    @Injectable()
    class Plain {
      @UseGuards(Transient)
      @Consumer('test')
      run(@Content('a', Transient) a: string) {
        return a;
      }
    }
    const handlers = await boot(Plain);
    const handler = handlers.create('Plain.run');
    const message = new Message({ channel: 'test', content: { a: 'x' } });
    expect(await handler.run(message)).toBe('x');
    const made = Transient.made.length;
    expect(await handler.run(message)).toBe('x');
    expect(Transient.made.length).toBe(made);
  });

  it('is taken from its own module where another one uses the same token', async () => {
    const consumer = (name: string): Type => {
      @Injectable({ scope: Scope.REQUEST })
      class Made {
        @Consumer(name)
        run() {
          return `run by ${name}`;
        }
      }
      const named = { [name]: class extends Made {} };
      Injectable({ scope: Scope.REQUEST })(named[name]);
      return named[name];
    };
    const feature = (name: string): Type => {
      @Module({ providers: [{ provide: 'CONSUMERS', useClass: consumer(name) }] })
      class Feature {}
      return Feature;
    };
    const imports = [feature('first'), feature('second')];
    const handlers = new Handlers(await RunningApp.start({ imports }));
    expect(await handlers.run('first.run')).toBe('run by first');
    expect(await handlers.run('second.run')).toBe('run by second');
  });
});

describe('a consumer that cannot be made for a message', () => {
  @Catch(RangeError)
  class Tell implements ExceptionFilter {
    constructor(private readonly where: string) {}
    catch(error: RangeError, host: ArgumentsHost): Observable<string> {
      return of(`${error.message}, says the ${this.where} on ${host.switchToWs().getPattern()}`);
    }
  }

  @Injectable({ scope: Scope.REQUEST })
  @UseFilters(new Tell('class'))
  class Unmade {
    constructor(@Inject('USER') private readonly user: string) {}

    @Consumer('unmade')
    run() {
      return this.user;
    }
  }

  @Injectable({ scope: Scope.REQUEST })
  class Unfiltered {
    constructor(@Inject('USER') private readonly user: string) {}

    @Consumer('test')
    run() {
      return this.user;
    }

    @UseFilters(new Tell('method'))
    @Consumer('filtered')
    filtered() {
      return this.user;
    }
  }

  const user = (error: Error): FactoryProvider => ({
    provide: 'USER',
    scope: Scope.REQUEST,
    useFactory: () => {
      throw error;
    },
  });

  it('fails like a handler, with its error, which Nest logs', async () => {
    const app = await RunningApp.start({ providers: [Unfiltered, user(new Error('nobody'))] });
    await expect(new Handlers(app).run('Unfiltered.run')).rejects.toThrow('nobody');
    expect(app.logs.messages('error', 'ExceptionsHandler')).toEqual(['Error: nobody']);
  });

  it('has its failure answered by the filters of its class and method', async () => {
    const handlers = await boot(Unmade, Unfiltered, user(new RangeError('nobody')));
    expect(await handlers.run('Unfiltered.filtered')).toBe('nobody, says the method on test');
    expect(await handlers.run('Unmade.run')).toBe('nobody, says the class on test');
  });
});

describe('a durable provider', () => {
  class ByTenant implements ContextIdStrategy<Message> {
    readonly #tenants = new Map<unknown, ContextId>();

    attach(contextId: ContextId, { content: { tenant } }: Message) {
      const known = this.#tenants.get(tenant) ?? ContextIdFactory.create();
      this.#tenants.set(tenant, known);
      const resolve = (info: HostComponentInfo): ContextId =>
        info.isTreeDurable ? known : contextId;
      return { resolve, payload: { tenant } };
    }
  }

  @Injectable({ scope: Scope.REQUEST, durable: true })
  class Tenant {
    runs = 0;
    constructor(@Inject(REQUEST) readonly payload: { tenant: string }) {}
  }

  afterEach(() => ContextIdFactory.apply(undefined as never));

  it('is shared by the messages that its strategy puts together', async () => {
    @Injectable({ scope: Scope.REQUEST, durable: true })
    class Durable {
      constructor(private readonly tenant: Tenant) {}
      @Consumer('test')
      run() {
        return `${this.tenant.payload.tenant} ${++this.tenant.runs}`;
      }
    }
    ContextIdFactory.apply(new ByTenant());
    const handlers = await boot(Tenant, Durable);
    const runs: unknown[] = [];
    for (const tenant of ['a', 'b', 'a']) runs.push(await handlers.run('Durable.run', { tenant }));
    expect(runs).toEqual(['a 1', 'b 1', 'a 2']);
  });

  it('serves a consumer made for each message, which injects the message', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerMessage {
      constructor(
        private readonly tenant: Tenant,
        @Inject(REQUEST) private readonly message: Message & { tenant?: string },
      ) {}
      @Consumer('test')
      run(message: Message) {
        return [++this.tenant.runs, this.message === message, this.message.tenant];
      }
    }
    ContextIdFactory.apply(new ByTenant());
    const handlers = await boot(Tenant, PerMessage);
    expect(await handlers.run('PerMessage.run', { tenant: 'a' })).toEqual([1, true, 'a']);
    expect(await handlers.run('PerMessage.run', { tenant: 'a' })).toEqual([2, true, 'a']);
  });
});

describe('a custom parameter decorator', () => {
  const Key = createParamDecorator((key: string, context: ExecutionContext) => {
    return ChannelsExecutionContext.create(context).getContent()[key];
  });

  class Order {
    @IsInt()
    count: number;
  }

  @Injectable()
  class Orders {
    @Consumer('parsed')
    parsed(@Key('id', ParseIntPipe) id: number, @Key('id', OfMessage) text: string) {
      return [id, text];
    }

    @UsePipes(new ValidationPipe())
    @Consumer('skipped')
    skipped(@Key('order') order: Order) {
      return order;
    }

    @Consumer('validated')
    validated(@Key('order', new ValidationPipe({ validateCustomDecorators: true })) order: Order) {
      return order;
    }
  }

  it('has its value piped, by instances and classes of pipes', async () => {
    expect(await (await boot(Orders)).run('Orders.parsed', { id: '7' })).toEqual([7, '7 in 7']);
  });

  it('is validated where the pipe is told so, as in a controller', async () => {
    const handlers = await boot(Orders);
    const order = { count: 'three' };
    expect(await handlers.run('Orders.skipped', { order })).toEqual(order);
    await expect(handlers.run('Orders.validated', { order })).rejects.toThrow('Bad Request');
  });
});
