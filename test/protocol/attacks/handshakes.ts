import type { Attack } from '../support/attack.js';
import { frame, text } from '../support/client-frame.js';
import {
  handshake,
  type HandshakeOptions,
  type ProtocolClient,
} from '../support/protocol-client.js';
import { until } from '../support/served-app.js';
import { closing, type Target } from '../support/target.js';

const RESETS = 1_000;

type Headers = NonNullable<HandshakeOptions['headers']>;

/** Are attacks on the handshake: M01, M06 to M12, M36 and M38. */
export const handshakes: readonly Attack[] = [
  {
    id: 'M01',
    attack: `${RESETS} resets while an asynchronous guard decides`,
    expected: 'all asked, none left',
    run: resetInGuard,
  },
  refused('M06', '2,500 headers, those of the handshake last', 431, (target) =>
    target.answerTo(withHeadersFirst(numbered(2_500))),
  ),
  refused('M06', '2,000 headers, those of the handshake last', 431, (target) =>
    target.answerTo(withHeadersFirst(numbered(2_000))),
  ),
  refused('M07', 'one header 2,000 times', 431, withHeaders({ a: Array(2_000).fill('b') })),
  ...['\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\0', '\x7f', '\x85'].map((character) =>
    refused(
      'M08',
      `${JSON.stringify(character)} in a header`,
      400,
      withHeaders({ 'X-Note': `a${character}X-Admin: yes` }),
    ),
  ),
  {
    id: 'M09',
    attack: 'headers called __proto__, constructor and toString',
    expected: 'plain data',
    run: async (target) => {
      const hostile = { ['__proto__']: 'a', constructor: 'b', toString: 'c' };
      const { headers } = await seenHeaders(target, hostile);
      const seen = headers.slice(-2);
      const expected = [
        ['constructor', 'b'],
        ['tostring', 'c'],
      ];
      return isSame(seen, expected) ? 'plain data' : JSON.stringify(seen);
    },
  },
  {
    id: 'M10',
    attack: 'forwarded addresses, twice and with underscores, from nobody trusted',
    expected: 'seen as 127.0.0.1',
    run: async (target) => {
      const forwarded = ['10.0.0.1', '10.0.0.2'];
      const { client } = await seenHeaders(target, {
        'X-Forwarded-For': forwarded,
        X_Forwarded_For: '10.0.0.3',
        'X-Forwarded-Proto': 'https',
      });
      return `seen as ${client[0]}`;
    },
  },
  refused('M11', 'a list of subprotocols of 15,000 spaces and commas', 400, (target) =>
    target.handshake('/echo', { headers: { 'Sec-WebSocket-Protocol': ' ,'.repeat(7_500) } }),
  ),
  refused('M11', 'a list of subprotocols of 30,000 spaces', 400, (target) =>
    target.handshake('/echo', { headers: { 'Sec-WebSocket-Protocol': ' '.repeat(30_000) } }),
  ),
  refused('M11', '1,000 subprotocols, all different', 400, (target) => {
    const subprotocols = Array.from({ length: 1_000 }, (_, index) => `p${index}`).join(',');
    return target.handshake('/echo', { headers: { 'Sec-WebSocket-Protocol': subprotocols } });
  }),
  refused('M11', 'two subprotocols with 30,000 spaces between', 431, (target) =>
    target.handshake('/echo', {
      headers: { 'Sec-WebSocket-Protocol': `a${' '.repeat(30_000)},b` },
    }),
  ),
  ...[
    'constructor',
    ';',
    ',',
    '__proto__; a=b',
    Array(500).fill('permessage-deflate').join(', '),
  ].map((offer) => ({
    id: 'M12',
    attack: `the extension offer ${JSON.stringify(offer.slice(0, 20))} of ${offer.length} characters`,
    expected: 'ignored',
    run: async (target: Target) => {
      const client = await target.connect();
      client.write(handshake('/echo', { headers: { 'Sec-WebSocket-Extensions': offer } }));
      const { status, text: answer } = await client.answer();
      return status === 101 && !/extensions/i.test(answer) ? 'ignored' : answer;
    },
  })),
  refused('M36', '1 MB before it is accepted', 413, async (target) => {
    const client = await target.connect();
    client.write(handshake('/silent'));
    client.write(Buffer.alloc(1_000_000));
    return `HTTP ${(await client.answer()).status}`;
  }),
  refused('M36', 'waiting for an accept that never comes', 503, async (target) => {
    const before = target.connections;
    const client = await target.connect();
    client.write(handshake('/silent'));
    await target.served.hasRead(client);
    await until(() => target.connections > before);
    target.clock.advance(5_000);
    return `HTTP ${(await client.answer()).status}`;
  }),
  {
    id: 'M36',
    attack: 'frames in the same write as the handshake',
    expected: 'closed with 1002',
    run: async (target) => {
      const client = await target.connect();
      client.write(Buffer.concat([handshake('/echo'), text('good'), frame(3)]));
      return closing(client);
    },
  },
  refused('M38', 'an upgrade by POST', 405, (target) =>
    target.handshake('/echo', { method: 'POST', headers: { 'Content-Length': '0' } }),
  ),
  refused('M38', 'an upgrade in HTTP/1.0', 400, (target) =>
    target.handshake('/echo', { version: '1.0' }),
  ),
  refused('M38', 'an upgrade to h2c', 400, withHeaders({ Upgrade: 'h2c' })),
  refused('M38', 'version 8', 426, withHeaders({ 'Sec-WebSocket-Version': '8' })),
  refused('M38', 'no version', 426, withHeaders({ 'Sec-WebSocket-Version': undefined })),
  refused('M38', 'a key that is too short', 400, withHeaders({ 'Sec-WebSocket-Key': 'abc' })),
  refused('M38', 'no key', 400, withHeaders({ 'Sec-WebSocket-Key': undefined })),
  refused(
    'M38',
    'two keys',
    400,
    withHeaders({ 'Sec-WebSocket-Key': Array(2).fill('dGhlIHNhbXBsZSBub25jZQ==') }),
  ),
];

function refused(
  id: string,
  attack: string,
  status: number,
  run: (target: Target) => Promise<string>,
): Attack {
  return { id, attack, expected: `HTTP ${status}`, run };
}

function withHeaders(headers: Headers): (target: Target) => Promise<string> {
  return (target) => target.handshake('/echo', { headers });
}

async function resetInGuard(target: Target): Promise<string> {
  const before = target.connections;
  let asked = 0;
  while (asked < RESETS) {
    const clients = await Promise.all(Array.from({ length: 50 }, () => target.connect()));
    for (const client of clients) client.write(handshake('/guarded'));
    for (const client of clients) await target.served.hasRead(client);
    asked += clients.length;
    // The target's time stands still, and with it the rate at which it takes handshakes.
    target.clock.advance(100);
    await Promise.all(clients.map((client) => client.reset()));
  }
  await target.guard.asked();
  await target.hasLeft(before);
  target.guard.open();
  await target.hasLeft(before);
  return 'all asked, none left';
}

interface Seen {
  readonly headers: readonly (readonly [string, string])[];
  readonly client: readonly [string, number];
}

/** Resolves with what a consumer is told of a handshake. */
async function seenHeaders(target: Target, headers: Headers): Promise<Seen> {
  const client: ProtocolClient = await target.open('/headers', { headers });
  const [event] = await client.heard(1);
  return JSON.parse(event.kind === 'text' ? event.data : '{}') as Seen;
}

function numbered(count: number): string {
  return Array.from({ length: count }, (_, index) => `${index.toString(36)}:\r\n`).join('');
}

function withHeadersFirst(lines: string): Buffer {
  const [first, rest] = split(handshake('/echo').toString('latin1'));
  return Buffer.from(first + lines + rest, 'latin1');
}

function split(request: string): [string, string] {
  const end = request.indexOf('\r\n') + 2;
  return [request.slice(0, end), request.slice(end)];
}

function isSame(actual: unknown, expected: unknown): boolean {
  return JSON.stringify(actual) === JSON.stringify(expected);
}
