import type { Attack } from '../support/attack.js';
import {
  binary,
  close,
  closePayload,
  continuation,
  frame,
  ping,
  pong,
  text,
} from '../support/client-frame.js';
import { rawClose } from '../support/expected.js';
import { closing, type Target } from '../support/target.js';

const MORE = { fin: false };
const MIB = 1024 * 1024;
const FLOODERS = 50;

/** Are attacks with frames: M20 to M28 and M30. */
export const frames: readonly Attack[] = [
  closed('M20', 'a message of 1 MiB and one byte', 1009, [binary(Buffer.alloc(MIB + 1))]),
  closed('M20', 'a header that declares 2⁶³ bytes', 1009, [
    binary('', { declaredLength: 2n ** 63n }),
  ]),
  closed('M21', 'a frame without a mask', 1002, [text('in clear', { mask: false })]),
  closed('M21', 'a reserved opcode', 1002, [frame(7)]),
  closed('M21', 'a reserved bit', 1002, [text('reserved', { rsv: 1 })]),
  closed('M21', 'a close of one byte', 1002, [rawClose(Buffer.from([3]))]),
  closed('M22', 'text that is not UTF-8, split over two fragments', 1007, [
    text(Buffer.from([0xe2, 0x82]), MORE),
    continuation(Buffer.from([0x28])),
  ]),
  closed('M23', '257 fragments of one byte', 1008, fragments('a')),
  closed('M23', '257 empty fragments', 1008, fragments('')),
  {
    id: 'M23',
    attack: `257 fragments on each of ${FLOODERS} connections`,
    expected: 'closed with 1008',
    run: async (target) => {
      const all = Array.from({ length: FLOODERS }, () => target.endOf(fragments('a')));
      return [...new Set(await Promise.all(all))].join(', ');
    },
  },
  {
    id: 'M24',
    attack: 'a fragment, then only pongs',
    expected: 'closed with 1008',
    run: (target) => unfinished(target, text('never ends', MORE), pong()),
  },
  {
    id: 'M24',
    attack: 'half a frame, then silence',
    expected: 'closed with 1008',
    run: (target) => unfinished(target, text('never whole').subarray(0, 9), Buffer.alloc(0)),
  },
  {
    id: 'M25',
    attack: 'pings without reading the pongs',
    expected: 'cut off',
    run: pingsWithoutReading,
  },
  closed('M26', 'a deflated message, though compression was not agreed', 1002, [
    text(Buffer.from('4a4c4c0400', 'hex'), { rsv: 4 }),
  ]),
  closed('M27', 'a bad deflate stream', 1002, [text(Buffer.alloc(64, 0xff), { rsv: 4 })]),
  closed('M28', '10,000 deflated messages', 1002, [
    Buffer.concat(Array.from({ length: 10_000 }, () => text('a', { rsv: 4 }))),
  ]),
  {
    id: 'M30',
    attack: 'a close with each code at a boundary',
    expected: 'each answered as RFC 6455 says',
    run: closeCodes,
  },
  {
    id: 'M30',
    attack: 'a close with an odd reason',
    expected: 'each echoed as it came or refused',
    run: closeReasons,
  },
];

function closed(id: string, attack: string, code: number, bytes: readonly Buffer[]): Attack {
  return { id, attack, expected: `closed with ${code}`, run: (target) => target.endOf(bytes) };
}

function fragments(part: string): Buffer[] {
  return [text(part, MORE), ...Array.from({ length: 256 }, () => continuation(part, MORE))];
}

/** Begins a message and lets a minute pass with nothing but the same bytes every 5 seconds. */
async function unfinished(target: Target, begun: Buffer, more: Buffer): Promise<string> {
  const client = await target.open('/echo');
  client.write(begun);
  for (let passedMs = 0; passedMs < 60_000 && !client.hasHeardClose; passedMs += 5_000) {
    client.write(more);
    await target.served.hasRead(client);
    target.clock.advance(5_000);
    await target.served.hasRead(client);
  }
  return closing(client);
}

async function pingsWithoutReading(target: Target): Promise<string> {
  const client = await target.open('/echo');
  client.socket.pause();
  const flood = Buffer.concat(Array.from({ length: 10_000 }, () => ping(Buffer.alloc(125))));
  client.write(flood);
  await target.hasLeft(target.connections - 1);
  client.socket.resume();
  return closing(client);
}

const BOUNDARIES = [0, 999, 1000, 1003, 1006, 1007, 1014, 1015, 2000, 3000, 4999, 5000, 65_535];

/** Tells whether a client may close with a code (RFC 6455 §7.4, and its registry of codes). */
function isGoodCode(code: number): boolean {
  if (code >= 3000 && code < 5000) return true;
  return code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
}

async function closeCodes(target: Target): Promise<string> {
  const codes = new Set(BOUNDARIES.flatMap((code) => [code - 1, code, code + 1]));
  const wrong: string[] = [];
  for (const code of codes) {
    if (code < 0 || code > 65_535) continue;
    const expected = isGoodCode(code) ? code : 1002;
    const end = await target.endOf([close(code)]);
    if (end !== `closed with ${expected}`) wrong.push(`${code}: ${end}`);
  }
  return wrong.join(', ') || 'each answered as RFC 6455 says';
}

const REASONS = [
  '\0',
  '\uFEFF',
  '\u2028',
  '\u202E',
  '<script>',
  '%s%n',
  '😀'.repeat(30),
  'é'.repeat(61),
];

async function closeReasons(target: Target): Promise<string> {
  const good = REASONS.map((reason) => Buffer.from(reason));
  const bad = [Buffer.from([0xff]), Buffer.from('c080', 'hex'), Buffer.from([0xf0, 0x9f])];
  const wrong: string[] = [];
  for (const reason of [...good, ...bad]) {
    const client = await target.open('/echo');
    client.write(rawClose(closePayload(4000, reason)));
    await client.ended;
    const [answer] = client.events;
    const echo = { kind: 'close', code: 4000, reason: reason.toString() };
    const refusal = { kind: 'close', code: 1007, reason: '' };
    const expected = bad.includes(reason) ? refusal : echo;
    if (JSON.stringify(answer) !== JSON.stringify(expected)) wrong.push(reason.toString('hex'));
  }
  return wrong.join(', ') || 'each echoed as it came or refused';
}
