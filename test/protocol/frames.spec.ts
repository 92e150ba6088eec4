import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  binary,
  close,
  continuation,
  frame,
  Opcode,
  ping,
  pong,
  slices,
  text,
} from './support/client-frame.js';
import { binaryEcho, pongOf, textEcho } from './support/expected.js';
import { endClients, type ProtocolClient } from './support/protocol-client.js';
import { ServedApp, stopServedApps } from './support/served-app.js';

const MORE = { fin: false };
const MIB = 1024 * 1024;

let demo: ServedApp;

beforeAll(async () => {
  demo = await ServedApp.demo();
});

afterEach(endClients);
afterAll(stopServedApps);

const open = (): Promise<ProtocolClient> => demo.open('/ws/echo');

/** Sends frames on a connection of their own and resolves with the code it is closed with. */
async function codeFor(...frames: readonly Buffer[]): Promise<number | undefined> {
  const client = await open();
  client.send(frames);
  return client.closeCode();
}

describe('a frame without a mask', () => {
  it.each([
    ['text', text('in clear', { mask: false })],
    ['an empty text', text('', { mask: false })],
    ['a ping', ping('in clear', { mask: false })],
    ['a close', frame(Opcode.close, '', { mask: false })],
    ['the second fragment', Buffer.concat([text('a', MORE), continuation('b', { mask: false })])],
  ])('is closed with 1002: %s', async (_what, bytes) => {
    expect(await codeFor(bytes)).toBe(1002);
  });

  it('is told from one whose mask is zero, which is as good as any', async () => {
    const client = await open();
    client.write(text('zero', { mask: Buffer.alloc(4) }));
    expect(await client.heard(1)).toEqual([textEcho('zero')]);
  });
});

describe('a length', () => {
  it.each([16, 64] as const)('in %d bits where 7 are enough is understood', async (lengthBits) => {
    const client = await open();
    client.write(binary('short', { lengthBits }));
    expect(await client.heard(1)).toEqual([binaryEcho(Buffer.from('short'))]);
  });

  it.each([16, 64] as const)('in %d bits is closed with 1002 on a ping', async (lengthBits) => {
    expect(await codeFor(ping('short', { lengthBits }))).toBe(1002);
  });

  it.each([
    ['one byte over the limit', MIB + 1],
    ['2³²', 2n ** 32n],
    ['2⁵³', 2n ** 53n],
    ['2⁶³, which RFC 6455 does not allow', 2n ** 63n],
    ['2⁶⁴ − 1', 2n ** 64n - 1n],
  ])('of %s is closed with 1009 before its payload has come', async (_what, declaredLength) => {
    expect(await codeFor(binary('', { declaredLength }))).toBe(1009);
  });

  it('counts over all fragments of a message', async () => {
    const part = Buffer.alloc(MIB / 2);
    const last = continuation('', { fin: true, declaredLength: 1 });
    expect(await codeFor(binary(part, MORE), continuation(part, MORE), last)).toBe(1009);
  });
});

describe('a message', () => {
  const fragmentsOf = (count: number, part: string): Buffer[] => [
    text(part, MORE),
    ...Array.from({ length: count - 2 }, () => continuation(part, MORE)),
    continuation(part),
  ];

  it.each([
    ['empty', ''],
    ['one byte long', 'a'],
  ])('has at most 256 fragments, also when they are %s', async (_what, part) => {
    const client = await open();
    client.send(fragmentsOf(256, part));
    expect(await client.heard(1)).toEqual([textEcho(part.repeat(256))]);
    client.send(fragmentsOf(257, part));
    expect(await client.closeCode()).toBe(1008);
  });

  it('may have any number of pings and pongs between its fragments', async () => {
    const client = await open();
    const between = Array.from({ length: 100 }, (_, index) => [ping(`${index}`), pong()]).flat();
    for (const each of [text('a', MORE), ...between, continuation('b')]) {
      client.write(each);
      await demo.hasRead(client);
    }
    expect((await client.heard(101)).at(-1)).toEqual(textEcho('ab'));
  });

  it('is closed with 1008 when one frame of it takes more than 1,024 reads', async () => {
    const client = await open();
    const chops = slices(binary(Buffer.alloc(64 * 1024)), 32);
    for (const chop of chops) {
      client.write(chop);
      await demo.hasRead(client);
      if (client.events.length > 0) break;
    }
    expect(await client.closeCode()).toBe(1008);
  });
});

describe('after a close', () => {
  it('nothing is read, be it good or bad', async () => {
    const client = await open();
    client.send([close(4000, 'done'), ping(), text('late'), text('bad', { rsv: 7 })]);
    await client.ended;
    expect(client.events).toEqual([{ kind: 'close', code: 4000, reason: 'done' }]);
  });
});

describe('a close', () => {
  it('is the last that a client hears, also when it had not read what came before', async () => {
    const client = await open();
    client.socket.pause();
    const large = binary(Buffer.alloc(64 * 1024));
    for (let more = 4; more > 0;) {
      client.write(large);
      await demo.hasRead(client);
      if (demo.waitingFor(client) > 0) more--;
    }
    client.write(close());
    await demo.hasRead(client);
    client.socket.resume();
    await client.ended;
    expect(client.events.filter(({ kind }) => kind === 'violation')).toEqual([]);
    expect(client.events.at(-1)).toMatchObject({ kind: 'close', code: 1000 });
  });
});

describe('half a frame', () => {
  it.each([1, 3, 6, 9])('of %d bytes before the end leaves the others alone', async (count) => {
    const [client, other] = [await open(), await open()];
    client.write(text('never whole').subarray(0, count));
    await demo.hasRead(client);
    client.socket.end();
    await client.ended;
    expect(client.events).toEqual([]);
    other.write(ping('there?'));
    expect(await other.heard(1)).toEqual([pongOf('there?')]);
  });
});
