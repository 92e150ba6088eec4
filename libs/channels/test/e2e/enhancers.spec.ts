import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentMetadata,
  type CallHandler,
  type CanActivate,
  ClassSerializerInterceptor,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  ParseIntPipe,
  type PipeTransform,
  Scope,
  StandardSchemaValidationPipe,
  UnauthorizedException,
  UseGuards,
  UseInterceptors,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, Reflector, REQUEST } from '@nestjs/core';
import { Exclude } from 'class-transformer';
import { IsInt } from 'class-validator';
import {
  Channels,
  CHANNELS_CONTEXT,
  Consumer,
  Consumers,
  Content,
  Message,
  Msg,
  PathParam,
  QueryParam,
} from 'nest-channels';
import { map, type Observable, of, tap } from 'rxjs';
import { z } from 'zod';
import { Inbox } from '../support/inbox.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

@Injectable()
class TicketGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const message = context.getArgByIndex<Message<'websocket.connect'>>(0);
    const query = Buffer.from(message.content.query_string).toString();
    if (query === 'ticket=old') throw new UnauthorizedException('expired');
    return query === 'ticket=good' && context.getType<string>() === CHANNELS_CONTEXT;
  }
}

@Injectable()
class Shout implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<string>): Observable<string> {
    return next.handle().pipe(map((text) => `${text}!`));
  }
}

@Injectable()
class UpperCase implements PipeTransform {
  transform(value: unknown, { type }: ArgumentMetadata): unknown {
    return type === 'body' ? String(value).toUpperCase() : value;
  }
}

class Order {
  @IsInt()
  count: number;
}

const ContentKey = createParamDecorator((key: string, context: ExecutionContext) => {
  return `${key}=${JSON.stringify(context.getArgByIndex<Message>(0).content[key])}`;
});

describe('a guard on connect', () => {
  @Injectable()
  @Consumers({ path: '/guarded' })
  class Guarded {
    @UseGuards(TicketGuard)
    @Consumer('websocket.connect')
    connect(@Msg() message: Message) {
      return message.accept();
    }
  }

  it('lets in whom it allows', async () => {
    const app = await RunningApp.start({ providers: [Guarded] });
    await expect(app.open('/guarded?ticket=good')).resolves.toBeDefined();
  });

  it.each([
    ['returns false', '/guarded', 403],
    ['throws an HTTP exception', '/guarded?ticket=old', 401],
  ])('refuses when it %s, with the matching status', async (_what, path, status) => {
    const app = await RunningApp.start({ providers: [Guarded] });
    expect((await app.socket(path).refused).status).toBe(status);
    const problem = await app.logs.nextProblem();
    expect(problem).toContain(
      `Guarded.connect on websocket.connect "/guarded" refused with ${status}`,
    );
  });
});

describe('enhancers on frames', () => {
  @Injectable()
  @UseInterceptors(Shout)
  class Enhanced {
    @UsePipes(UpperCase)
    @Consumer('websocket.receive', { path: '/piped' })
    piped(@Content('text') text: string) {
      return text;
    }

    @Consumer('websocket.receive', { path: '/rooms/:id' })
    numbered(@PathParam('id', ParseIntPipe) id: number, @ContentKey('order') order: string) {
      return `${typeof id} ${id} ${order}`;
    }

    @Consumer('websocket.receive', { path: '/stream' })
    stream() {
      return of('first', 'last');
    }

    @Consumer('websocket.receive', { path: '/plain' })
    plain(message: Message<'websocket.receive'>) {
      return message.content.text;
    }

    @Consumer('websocket.receive', { path: '/query' })
    query(@QueryParam('q') query: string | undefined, @PathParam() params: object) {
      return `${query} ${JSON.stringify(params)}`;
    }
  }

  it.each([
    ['pipes and interceptors', '/piped', 'abc', 'ABC!'],
    ['pipes on captures and custom parameter decorators', '/rooms/42', 'x', 'number 42 order=1!'],
    ['the last value of a stream', '/stream', 'x', 'last!'],
    ['the message where no parameter is decorated', '/plain', 'same', 'same!'],
    ['an absent query as undefined', '/query', 'x', 'undefined {}!'],
  ])('apply %s', async (_what, path, text, reply) => {
    const app = await RunningApp.start({ providers: [Enhanced] });
    const socket = await app.open(path);
    socket.send(text);
    expect(await socket.next()).toBe(reply);
  });

  it('validate content with class-validator', async () => {
    @Injectable()
    class Orders {
      @Consumer('orders.make')
      @UsePipes(new ValidationPipe())
      make(@Content(Order) _order: Order) {}
    }
    const app = await RunningApp.start({ providers: [Orders] });
    await app.app.get(Channels).channel('orders.make').send({ count: 'three' });
    expect(await app.logs.nextProblem()).toContain('Orders.make on orders.make refused with 400');
  });
});

describe('the content of a message', () => {
  const schema = z.object({ count: z.coerce.number() });
  const answers = new Inbox<unknown>();

  @Injectable()
  class Jobs {
    @UsePipes(new ValidationPipe({ transform: true }))
    @Consumer('by.class')
    byClass(@Content(Order) order: object) {
      answers.push([order.constructor.name, order]);
    }

    @UsePipes(StandardSchemaValidationPipe)
    @Consumer('by.schema')
    bySchema(
      @Content({ schema }) order: unknown,
      @Content('count', z.coerce.string()) text: string,
    ) {
      answers.push([order, text]);
    }
  }

  const start = async (): Promise<{ app: RunningApp; channels: Channels }> => {
    const app = await RunningApp.start({ providers: [Jobs] });
    return { app, channels: app.app.get(Channels) };
  };

  it('becomes the class that is named where the type of the parameter does not say it', async () => {
    const { app, channels } = await start();
    await channels.channel('by.class').send({ count: 3 });
    expect(await answers.next()).toEqual(['Order', { count: 3 }]);
    await channels.channel('by.class').send({ count: 'three' });
    expect(await app.logs.nextProblem()).toContain('Jobs.byClass on by.class refused with 400');
  });

  it('becomes what a Standard Schema makes of it', async () => {
    const { app, channels } = await start();
    await channels.channel('by.schema').send({ count: '3', more: true });
    expect(await answers.next()).toEqual([{ count: 3 }, '3']);
    await channels.channel('by.schema').send({ count: 'three' });
    expect(await app.logs.nextProblem()).toContain('Jobs.bySchema on by.schema refused with 400');
  });
});

describe('global enhancers', () => {
  it('run around handlers, by provider and by application', async () => {
    @Injectable()
    class Echo {
      @Consumer('websocket.receive')
      echo(@Content('text') text: string) {
        return text;
      }
    }
    @Injectable()
    class NoSwearing implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        return context.getArgByIndex<Message>(0).content['text'] !== 'damn';
      }
    }
    const app = await RunningApp.start({
      providers: [
        Echo,
        { provide: APP_GUARD, useClass: NoSwearing },
        { provide: APP_INTERCEPTOR, useClass: Shout },
      ],
      prepare: (nest) => nest.useGlobalInterceptors(new Shout()),
    });
    const socket = await app.open('/any');
    socket.send('damn');
    expect(await app.logs.nextProblem()).toContain('Echo.echo on websocket.receive');
    socket.send('hey');
    expect(await socket.next()).toBe('hey!!');
  });
});

describe('global enhancers that were made for HTTP', () => {
  const logged: unknown[][] = [];

  @Injectable()
  class HttpLog implements NestInterceptor {
    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      const http = context.switchToHttp();
      const { method, url } = http.getRequest<{ method: string; url: string }>();
      const response = http.getResponse<{ statusCode: number }>();
      return next.handle().pipe(tap(() => logged.push([method, url, response.statusCode])));
    }
  }

  class Answer {
    @Exclude()
    secret = 'for nobody';
    constructor(readonly text: string) {}
  }

  @Consumers({ path: '/rooms/:id' })
  class Plain {
    @Consumer('websocket.connect')
    join(@Msg() message: Message, @QueryParam() query: URLSearchParams) {
      return message.accept({ headers: { 'x-query': query.toString() } });
    }

    @Consumer('websocket.receive')
    said(@Content('bytes') bytes: Uint8Array, @PathParam('id') id: number) {
      return new Answer(`${typeof id} ${bytes.join()}`);
    }
  }

  it('see no request and no response, and do what they can', async () => {
    const app = await RunningApp.start({
      providers: [Plain],
      prepare: (nest) => {
        const validation = { transform: true, whitelist: true, forbidUnknownValues: true };
        nest.useGlobalPipes(new ValidationPipe(validation));
        nest.useGlobalInterceptors(new HttpLog(), new ClassSerializerInterceptor(new Reflector()));
      },
    });
    const socket = app.socket('/rooms/7?a=1');
    expect((await socket.opened)['x-query']).toBe('a=1');
    socket.send(Buffer.from([1, 2]));
    expect(await socket.next()).toBe('{"text":"number 1,2"}');
    const nothing = [undefined, undefined, undefined];
    expect(logged).toEqual([nothing, nothing]);
  });
});

describe('scoped consumers', () => {
  it('are made for each message, which they inject', async () => {
    let made = 0;
    @Injectable({ scope: Scope.REQUEST })
    class Scoped {
      constructor(@Inject(REQUEST) private readonly message: Message<'websocket.receive'>) {
        made++;
      }
      @UseGuards(RequestGuard)
      @Consumer('websocket.receive')
      echo() {
        return this.message.content.text;
      }
    }
    const app = await RunningApp.start({ providers: [Scoped] });
    const socket = await app.open('/any');
    socket.send('one');
    socket.send('two');
    expect(await socket.take(2)).toEqual(['one', 'two']);
    expect(made).toBe(2);
  });

  it('have their request-scoped guards constructed, global ones too', async () => {
    @Injectable()
    class Plain {
      @Consumer('websocket.receive')
      echo(@Content('text') text: string) {
        return text;
      }
    }
    const app = await RunningApp.start({
      providers: [Plain, { provide: APP_GUARD, useClass: RequestGuard, scope: Scope.REQUEST }],
    });
    const socket = await app.open('/any');
    socket.send('one');
    expect(await socket.next()).toBe('one');
  });
});

@Injectable({ scope: Scope.REQUEST })
class RequestGuard implements CanActivate {
  readonly #isConstructed = true;
  canActivate(): boolean {
    return this.#isConstructed;
  }
}
