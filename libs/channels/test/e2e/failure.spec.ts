import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  ForbiddenException,
  Injectable,
  UnauthorizedException,
  UseFilters,
} from '@nestjs/common';
import { Channels, Consumer, Content, memoryLayer, Message, Msg } from 'nest-channels';
import { RawClient } from '../support/raw-client.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

@Catch(RangeError)
class TellClient implements ExceptionFilter {
  catch(error: RangeError, host: ArgumentsHost): string {
    return `${host.getType()}: ${error.message}`;
  }
}

@Injectable()
class Failing {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect', { path: '/broken' })
  broken() {
    throw new TypeError('boom');
  }

  @Consumer('websocket.connect', { path: '/anonymous' })
  anonymous() {
    throw new UnauthorizedException('who are you?');
  }

  @Consumer('websocket.connect', { path: '/half' })
  async half(@Msg() message: Message) {
    await message.accept();
    throw new Error('after accept');
  }

  @UseFilters(TellClient)
  @Consumer('websocket.receive', { path: '/moody' })
  async moody(@Msg() message: Message, @Content('text') text: string) {
    if (text === 'throw') throw new Error('bad mood');
    if (text === 'forbid') throw new ForbiddenException('not this');
    if (text === 'filter') throw new RangeError('too far');
    if (text === 'send first') {
      await message.reply('said before the fall');
      throw new Error('fallen');
    }
    if (text === 'unsendable') return { value: 1n };
    if (text === 'nonsense') await message.replyChannel.send({ nonsense: true });
    if (text === 'bad group') await this.channels.group('not a name').send({ text });
    return `fine: ${text}`;
  }
}

const start = (): Promise<RunningApp> => RunningApp.start({ providers: [Failing] });

describe('a handler that fails on connect', () => {
  it('refuses its client with 500', async () => {
    const app = await start();
    expect((await app.socket('/broken').refused).status).toBe(500);
    expect(await app.logs.nextProblem()).toBe(
      'Failing.broken on websocket.connect "/broken" failed: boom',
    );
  });

  it('refuses with the status of the HTTP exception it threw', async () => {
    const app = await start();
    expect((await app.socket('/anonymous').refused).status).toBe(401);
    expect(await app.logs.nextProblem()).toBe(
      'Failing.anonymous on websocket.connect "/anonymous" refused with 401: who are you?',
    );
  });

  it('closes with 1011 a connection it had accepted before', async () => {
    const app = await start();
    const socket = app.socket('/half');
    expect((await socket.closed).code).toBe(1011);
  });
});

describe('a handler that fails on a frame', () => {
  it.each([
    ['throw', 'failed: bad mood'],
    ['forbid', 'refused with 403: not this'],
    ['unsendable', 'Do not know how to serialize a BigInt'],
    ['bad group', 'Invalid group name "not a name"'],
  ])(
    '(%s) is logged with class, method and channel, and the socket stays open',
    async (text, problem) => {
      const app = await start();
      const socket = await app.open('/moody');
      socket.send(text);
      const logged = await app.logs.nextProblem();
      expect(logged).toContain('Failing.moody on websocket.receive "/moody"');
      expect(logged).toContain(problem);
      socket.send('next');
      expect(await socket.next()).toBe('fine: next');
    },
  );

  it('still has sent what it sent before', async () => {
    const app = await start();
    const socket = await app.open('/moody');
    socket.send('send first');
    expect(await socket.next()).toBe('said before the fall');
  });

  it('is answered by a filter that returns something', async () => {
    const app = await start();
    const socket = await app.open('/moody');
    socket.send('filter');
    expect(await socket.next()).toBe('channels: too far');
    expect(app.logs.messages('error', 'Worker')).toEqual([]);
  });

  it('closes the socket with 1011 when the worker is told so', async () => {
    const options = { worker: { onError: 'close' as const } };
    const app = await RunningApp.start({ providers: [Failing], options });
    const socket = await app.open('/moody');
    socket.send('throw');
    expect((await socket.closed).code).toBe(1011);
  });

  it('disturbs no other socket', async () => {
    const app = await start();
    const [one, other] = [await app.open('/moody'), await app.open('/moody')];
    for (let round = 0; round < 20; round++) {
      one.send('throw');
      other.send(`round ${round}`);
    }
    const expected = Array.from({ length: 20 }, (_, round) => `fine: round ${round}`);
    expect(await other.take(20)).toEqual(expected);
  });
});

describe('a reply that is none', () => {
  it('is dropped and logged, and the connection goes on', async () => {
    const app = await start();
    const socket = await app.open('/moody');
    socket.send('nonsense');
    expect(await app.logs.nextProblem()).toContain('a reply has no key "nonsense"');
    expect(await socket.next()).toBe('fine: nonsense');
  });
});

describe('a poison message', () => {
  it.each([
    ['a reply channel that is no name', { reply_channel: 'not a name', path: '/moody' }],
    ['a reply channel that is no text', { reply_channel: 7, path: '/moody', text: 'x' }],
    ['no content at all', {}],
  ])('with %s ends no loop', async (_what, content) => {
    const app = await start();
    await app.app.get(Channels).layer().send('websocket.receive', content);
    await app.app.get(Channels).layer().send('websocket.connect', content);
    const socket = await app.open('/moody');
    socket.send('next');
    expect(await socket.next()).toBe('fine: next');
  });
});

describe('a malformed frame', () => {
  it.each([
    ['an unmasked frame', 1002, (client: RawClient) => client.socket.write(Buffer.from([0x81, 0]))],
    ['a reserved opcode', 1002, (client: RawClient) => client.frame(3)],
    ['a reserved bit', 1002, (client: RawClient) => client.frame(1, Buffer.alloc(0), 0xc0)],
    ['invalid UTF-8', 1007, (client: RawClient) => client.frame(1, Buffer.from([0xff]))],
  ])('(%s) closes with %i, is logged, and disturbs nobody', async (_what, code, send) => {
    const app = await start();
    const bystander = await app.open('/moody');
    const client = await RawClient.connect(app.port);
    client.handshake('/moody');
    await client.until('\r\n\r\n');
    send(client);
    const response = Buffer.from(await client.response(), 'latin1');
    const closeFrame = response.subarray(response.indexOf('\r\n\r\n') + 4);
    expect(closeFrame.readUInt16BE(2)).toBe(code);
    expect(await app.logs.nextProblem()).toContain('WebSocket "/moody" broke the protocol');
    bystander.send('me');
    expect(await bystander.next()).toBe('fine: me');
  });

  it('longer than the limit closes with 1009', async () => {
    const options = { server: { maxMessageBytes: 1_000 } };
    const app = await RunningApp.start({ providers: [Failing], options });
    const socket = await app.open('/moody');
    socket.send('x'.repeat(1_001));
    expect((await socket.closed).code).toBe(1009);
  });
});

describe('a full layer', () => {
  it('refuses a connection with 503 and closes a socket with 1013', async () => {
    @Injectable()
    class Stuck {
      @Consumer('websocket.connect')
      accept(@Msg() message: Message) {
        return message.accept();
      }
      @Consumer('websocket.receive')
      stuck() {
        return released;
      }
    }
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const options = {
      layers: { default: () => memoryLayer({ capacity: 5 }) },
      server: { overloadTimeoutMs: 50 },
      worker: { concurrency: 1 },
    };
    const app = await RunningApp.start({ providers: [Stuck], options });
    const socket = await app.open('/any');
    for (let frame = 0; frame < 20; frame++) socket.send(`${frame}`);
    expect((await socket.closed).code).toBe(1013);
    const refusals = Array.from({ length: 10 }, () => app.socket('/any').refused);
    expect((await Promise.race(refusals)).status).toBe(503);
    release();
    await app.stop();
  });
});
