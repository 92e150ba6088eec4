import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type CallHandler,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  type PipeTransform,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { map } from 'rxjs';
import {
  ChannelsExecutionContext,
  CloseConnection,
  ConsumeLater,
  Consumer,
  Content,
  DenyConnection,
  type Message,
  Msg,
} from 'nest-channels';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

const PLACES = ['guard', 'interceptor', 'late-interceptor', 'pipe', 'handler', 'filter'] as const;

/** Is what is thrown where, once or always; shared with the enhancers of a test. */
let decide: (place: string) => void = () => undefined;

@Injectable()
class DecidingGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (!ChannelsExecutionContext.create(context).getMessage().channel.startsWith('websocket.')) {
      return true;
    }
    decide('guard');
    return true;
  }
}

@Injectable()
class DecidingInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    decide('interceptor');
    return next.handle().pipe(
      map((value: unknown) => {
        decide('late-interceptor');
        return value;
      }),
    );
  }
}

@Injectable()
class DecidingPipe implements PipeTransform {
  transform(value: unknown): unknown {
    decide('pipe');
    return value;
  }
}

class Translated extends Error {}

@Catch(Translated)
class DecidingFilter implements ExceptionFilter {
  catch(): void {
    decide('filter');
  }
}

@Injectable()
@UseGuards(DecidingGuard)
@UseInterceptors(DecidingInterceptor)
@UseFilters(DecidingFilter)
class Consumers {
  runs = 0;

  @Consumer('websocket.connect', { path: '/connect' })
  connect(@Msg() message: Message, @Content('path', DecidingPipe) _path: string) {
    return this.#run(() => message.accept());
  }

  @Consumer('websocket.receive', { path: '/frames' })
  receive(@Content('text', DecidingPipe) text: string, @Msg() message: Message) {
    return this.#run(() => message.reply(`run ${this.runs} of ${text}`));
  }

  async #run(work: () => Promise<void>): Promise<void> {
    this.runs++;
    await work();
    decide('handler');
  }
}

const start = () => RunningApp.start({ providers: [Consumers] });

/** Throws at one place, the first so many times it comes by. */
function throwAt(place: string, make: () => Error, times = Infinity): void {
  let left = times;
  decide = (here) => {
    if (here === place && left-- > 0) throw make();
    // A filter has its turn only when there is something to catch.
    if (here === 'handler' && place === 'filter' && left > 0) throw new Translated();
  };
}

describe.each(PLACES)('thrown from a %s', (place) => {
  it('DenyConnection refuses a connection as it says', async () => {
    throwAt(place, () => new DenyConnection({ status: 418, body: 'tea' }));
    const app = await start();
    const socket = app.socket('/connect');
    const isAccepted = ['handler', 'late-interceptor', 'filter'].includes(place);
    if (isAccepted) expect((await socket.closed).code).toBe(1008);
    else expect((await socket.refused).status).toBe(418);
    expect(app.logs.messages('error')).toEqual([]);
  });

  it('CloseConnection closes a connection with its code and reason', async () => {
    throwAt(place, () => new CloseConnection(4000, 'enough'));
    const app = await start();
    const socket = await app.open('/frames');
    socket.send('a');
    expect(await socket.closed).toEqual({ code: 4000, reason: 'enough' });
    expect(app.logs.messages('error')).toEqual([]);
  });

  it('ConsumeLater has the frame handled again, and its answer sent once', async () => {
    throwAt(place, () => new ConsumeLater({ delayMs: 1 }), 2);
    const app = await start();
    const socket = await app.open('/frames');
    socket.send('a');
    socket.send('b');
    expect(await socket.next()).toMatch(/^run \d of a$/);
    expect(await socket.next()).toMatch(/^run \d of b$/);
    expect(app.logs.messages('error')).toEqual([]);
  });
});
