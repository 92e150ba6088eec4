import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  ConflictException,
  type ExceptionFilter,
  Injectable,
  UseFilters,
} from '@nestjs/common';
import { ChannelsArgumentsHost, Consumer, Content } from 'nest-channels';
import { of } from 'rxjs';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

class Refused extends Error {}

/** Makes a filter of what to do with an error and its message. */
function filter(act: (error: Error, host: ChannelsArgumentsHost) => unknown) {
  @Catch(Refused)
  class Acting implements ExceptionFilter<Refused> {
    catch(error: Refused, host: ArgumentsHost): unknown {
      return act(error, ChannelsArgumentsHost.create(host));
    }
  }
  return Acting;
}

describe('a filter around a frame handler', () => {
  const answers = {
    '/object': filter(({ message }, host) => ({ error: message, in: host.getChannel() })),
    '/text': filter(({ message }) => message),
    '/bytes': filter(({ message }) => Buffer.from(message)),
    '/promise': filter(({ message }) => Promise.resolve(message)),
    '/stream': filter(({ message }) => of('first', message)),
    '/null': filter(() => null),
    '/reply': filter(({ message }, host) => host.getMessage().reply(message)),
  };

  it.each<readonly [string, (typeof answers)[keyof typeof answers], string | Buffer]>([
    ['an object', answers['/object'], '{"error":"no","in":"websocket.receive"}'],
    ['text', answers['/text'], 'no'],
    ['bytes', answers['/bytes'], Buffer.from('no')],
    ['a promise', answers['/promise'], 'no'],
    ['a stream, with its last value', answers['/stream'], 'no'],
    ['null', answers['/null'], 'null'],
    ['what it replies itself, and nothing else', answers['/reply'], 'no'],
  ])('answers the client with %s', async (_what, answering, expected) => {
    @Injectable()
    class Frames {
      @UseFilters(answering)
      @Consumer('websocket.receive')
      said(@Content('text') text: string) {
        if (text === 'bad') throw new Refused('no');
        return text;
      }
    }
    const app = await RunningApp.start({ providers: [Frames] });
    const socket = await app.open('/');
    socket.send('bad');
    socket.send('good');
    expect(await socket.take(2)).toEqual([expected, 'good']);
    expect(app.logs.messages('error')).toEqual([]);
    expect(app.logs.messages('warn')).toEqual([]);
  });

  it.each([
    ['returns undefined', Refused, filter(() => undefined)],
    ['catches other errors', TypeError, filter(() => 'an answer')],
  ])('leaves the error unhandled when it %s', async (_what, Thrown, silent) => {
    @Injectable()
    class Frames {
      @UseFilters(silent)
      @Consumer('websocket.receive')
      said() {
        throw new Thrown('no');
      }
    }
    const options = { worker: { onError: 'close' as const } };
    const app = await RunningApp.start({ providers: [Frames], options });
    const socket = await app.open('/');
    socket.send('bad');
    expect((await socket.closed).code).toBe(1011);
    expect(await app.logs.nextProblem()).toContain('Frames.said on websocket.receive "/" failed');
  });

  it('may throw another error, which then counts', async () => {
    @Injectable()
    class Frames {
      @UseFilters(
        filter(() => {
          throw new ConflictException('taken');
        }),
      )
      @Consumer('websocket.connect')
      join() {
        throw new Refused('no');
      }
    }
    const app = await RunningApp.start({ providers: [Frames] });
    expect((await app.socket('/').refused).status).toBe(409);
  });
});

describe('a filter around a connect handler', () => {
  const start = (deciding: ReturnType<typeof filter>): Promise<RunningApp> => {
    @Injectable()
    class Doors {
      @UseFilters(deciding)
      @Consumer('websocket.connect')
      join() {
        throw new Refused('full');
      }
    }
    return RunningApp.start({ providers: [Doors] });
  };

  it('may refuse the connection in its own way', async () => {
    const app = await start(
      filter(({ message }, host) => host.getMessage().deny({ status: 409, body: message })),
    );
    const { status, body } = await app.socket('/').refused;
    expect([status, body]).toEqual([409, 'full']);
    expect(app.logs.messages('error')).toEqual([]);
  });

  it('may accept the connection after all', async () => {
    const app = await start(filter((_error, host) => host.getMessage().accept()));
    await expect(app.open('/')).resolves.toBeDefined();
  });

  it('may refuse without saying that it did, and the error is logged', async () => {
    const app = await start(filter((_error, host) => void host.getMessage().deny({ status: 409 })));
    expect((await app.socket('/').refused).status).toBe(409);
    expect(await app.logs.nextProblem()).toContain('Doors.join on websocket.connect "/" failed');
  });
});
