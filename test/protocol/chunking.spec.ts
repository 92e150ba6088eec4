import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { continuation, frame, type FrameOptions, Opcode, ping } from './support/client-frame.js';
import { ServedApp, stopServedApps } from './support/served-app.js';
import type { ServerEvent } from './support/server-frames.js';

let demo: ServedApp;

beforeAll(async () => {
  demo = await ServedApp.demo();
});

afterAll(stopServedApps);

/** Is a good message as frames, and what an echo says to it. */
interface Exchange {
  readonly frames: readonly Buffer[];
  readonly messages: readonly string[];
  readonly pongs: readonly string[];
}

/** Is where bytes are cut, in thousandths of their length. */
const cuts = fc.array(fc.integer({ min: 1, max: 999 }), { maxLength: 12 });

const mask = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes));

const message: fc.Arbitrary<Exchange> = fc
  .record({
    kind: fc.constantFrom('text' as const, 'binary' as const),
    parts: fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), {
      minLength: 1,
      maxLength: 4,
    }),
    pings: fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 100 }), { maxLength: 2 }),
    mask,
  })
  .map(({ kind, parts, pings, mask: key }) => {
    const frames = parts.map((part, index) => {
      const options = { fin: index === parts.length - 1, mask: key };
      return index > 0 ? continuation(part, options) : frame(Opcode[kind], part, options);
    });
    const [first, ...rest] = frames;
    return {
      frames: [first, ...pings.map((payload) => ping(payload)), ...rest],
      messages: [`${kind} ${parts.join('')}`],
      pongs: pings,
    };
  });

const exchange: fc.Arbitrary<Exchange> = fc.array(message, { maxLength: 6 }).map((all) => ({
  frames: all.flatMap(({ frames }) => frames),
  messages: all.flatMap(({ messages }) => messages),
  pongs: all.flatMap(({ pongs }) => pongs),
}));

/** Is a frame that can be wrong in every field. */
const anyFrame: fc.Arbitrary<Buffer> = fc
  .record({
    opcode: fc.oneof(fc.constantFrom(...Object.values(Opcode)), fc.nat(15)),
    payload: fc.uint8Array({ maxLength: 140 }),
    fin: fc.boolean(),
    rsv: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat(7)),
    mask: fc.oneof({ weight: 9, arbitrary: mask }, fc.constant(false as const)),
    declaredLength: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    ),
  })
  .map(({ opcode, payload, ...options }) => frame(opcode, payload, options as FrameOptions));

describe('frames', () => {
  it('that are good are answered alike, wherever the network cuts them', async () => {
    await fc.assert(
      fc.asyncProperty(exchange, cuts, async ({ frames, messages, pongs }, at) => {
        const heard = await said(Buffer.concat(frames), at, messages.length + pongs.length);
        expect(messagesIn(heard)).toEqual(messages);
        expect(pongsIn(heard)).toEqual(pongs);
      }),
      { numRuns: 150 },
    );
  });

  it('that may be bad end alike, wherever the network cuts them', async () => {
    const anyFrames = fc.array(anyFrame, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(anyFrames, cuts, async (frames, at) => {
        const bytes = Buffer.concat(frames);
        expect(endOf(await said(bytes, at))).toEqual(endOf(await said(bytes, [])));
      }),
      { numRuns: 300 },
    );
  });
});

/** Sends bytes in pieces, waits for as many events, and returns all events by the end. */
async function said(bytes: Buffer, at: readonly number[], count = 0): Promise<ServerEvent[]> {
  const client = await demo.open('/ws/echo');
  for (const piece of pieces(bytes, at)) {
    client.write(piece);
    await demo.hasRead(client);
  }
  await client.heard(count);
  client.socket.end();
  await client.ended;
  return client.events;
}

function pieces(bytes: Buffer, at: readonly number[]): Buffer[] {
  const ends = at.map((cut) => Math.floor((bytes.length * cut) / 1000));
  const sorted = [...new Set([...ends, bytes.length])].toSorted((a, b) => a - b);
  return sorted.map((end, index) => bytes.subarray(sorted[index - 1] ?? 0, end));
}

function messagesIn(events: readonly ServerEvent[]): string[] {
  return events.flatMap((event) =>
    event.kind === 'text' || event.kind === 'binary'
      ? [`${event.kind} ${event.data.toString()}`]
      : [],
  );
}

function pongsIn(events: readonly ServerEvent[]): string[] {
  return events.flatMap((event) => (event.kind === 'pong' ? [event.data.toString()] : []));
}

/** Returns what does not depend on how long a handler takes. */
function endOf(events: readonly ServerEvent[]): ServerEvent[] {
  return events.filter(({ kind }) => kind !== 'text' && kind !== 'binary');
}
