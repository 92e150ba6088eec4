import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Injectable,
  StandardSchemaValidationPipe,
  UseFilters,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { IsInt } from 'class-validator';
import { Consumer, Json, MalformedJson } from 'nest-channels';
import { z } from 'zod';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

class Move {
  @IsInt()
  x: number;
}

const said = z.object({ text: z.string().trim().min(1) });

@Catch(MalformedJson)
class TellClient implements ExceptionFilter<MalformedJson> {
  catch({ code, position }: MalformedJson, host: ArgumentsHost) {
    return { code, position, in: host.getType() };
  }
}

@Injectable()
class Frames {
  @Consumer('websocket.receive', { path: '/whole' })
  whole(@Json() value: unknown) {
    return { got: value };
  }

  @Consumer('websocket.receive', { path: '/key' })
  key(@Json('a') a: unknown, @Json('b') b: unknown) {
    return { a, b: b ?? 'absent' };
  }

  @UsePipes(new ValidationPipe({ transform: true }))
  @Consumer('websocket.receive', { path: '/class' })
  byClass(@Json(Move) move: unknown) {
    return `${(move as object).constructor.name} ${JSON.stringify(move)}`;
  }

  @UsePipes(StandardSchemaValidationPipe)
  @Consumer('websocket.receive', { path: '/schema' })
  bySchema(@Json({ schema: said }) value: z.infer<typeof said>) {
    return value.text;
  }

  @UseFilters(TellClient)
  @Consumer('websocket.receive', { path: '/told' })
  told(@Json() value: unknown) {
    return value;
  }
}

const start = (): Promise<RunningApp> => RunningApp.start({ providers: [Frames] });

describe('@Json', () => {
  it.each([
    ['/whole', '{"a":[1]}', '{"got":{"a":[1]}}'],
    ['/key', '{"a":1}', '{"a":1,"b":"absent"}'],
    ['/class', '{"x":3}', 'Move {"x":3}'],
    ['/schema', '{"text":"  hi ","more":1}', 'hi'],
  ])('%s reads %s', async (path, frame, reply) => {
    const socket = await (await start()).open(path);
    socket.send(frame);
    socket.send(Buffer.from(frame));
    expect(await socket.take(2)).toEqual([reply, reply]);
  });

  it.each([
    ['/class', '{"x":"three"}', '{"x":1}', 'Move {"x":1}'],
    ['/schema', '{"text":" "}', '{"text":"fine"}', 'fine'],
  ])(
    '%s refuses %s as its pipe does, and the socket stays open',
    async (path, bad, good, reply) => {
      const app = await start();
      const socket = await app.open(path);
      socket.send(bad);
      expect(await app.logs.nextProblem()).toContain('refused with 400');
      socket.send(good);
      expect(await socket.next()).toBe(reply);
    },
  );

  it.each([
    ['a frame that is none', 'hello'],
    ['no frame at all', ''],
    ['too deep a frame', '['.repeat(100_000)],
    ['too long a frame', `"${'x'.repeat(131_072)}"`],
    ['a frame with a prototype', '{"__proto__":{"admin":true}}'],
    ['bytes that are no text', Buffer.from([0xff])],
  ])('closes with 1007 for %s, with one warning and no error', async (_what, frame) => {
    const app = await start();
    const socket = await app.open('/whole');
    socket.send(frame);
    expect((await socket.closed).code).toBe(1007);
    expect(app.logs.messages('error')).toEqual([]);
    expect(app.logs.messages('warn')).toEqual([
      expect.stringContaining('Frames.whole on websocket.receive "/whole" closed with 1007'),
    ]);
  });

  it('lets a filter answer instead, and the socket stays open', async () => {
    const app = await start();
    const socket = await app.open('/told');
    socket.send('{"a":');
    socket.send('1');
    const told = { code: 'CHANNELS_JSON_INVALID', position: 5, in: 'channels' };
    expect(await socket.take(2)).toEqual([JSON.stringify(told), '1']);
    expect(app.logs.messages('warn')).toEqual([]);
  });
});
