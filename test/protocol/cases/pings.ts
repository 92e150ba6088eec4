import { ping, pong } from '../support/client-frame.js';
import { atOnce, fails, octetWise, passes, pongOf } from '../support/expected.js';
import type { ProtocolCase } from '../support/protocol-case.js';

const HELLO = 'Hello, world!';
const BYTES = Buffer.from('00fffefdfcfb00ff', 'hex');
const LONGEST = Buffer.alloc(125, 0xfe);
const TOO_LONG = Buffer.alloc(126, 0xfe);
const TEN = Array.from({ length: 10 }, (_, index) => `ping ${index}`);

/** Is family 2: pings are answered with their payload, pongs are not answered. */
export const pings: readonly ProtocolCase[] = [
  answered('2.1', 'an empty ping', ''),
  answered('2.2', 'a ping with text', HELLO),
  answered('2.3', 'a ping with bytes that are no text', BYTES),
  answered('2.4', 'a ping of 125 bytes', LONGEST),
  fails({ id: '2.5', title: 'a ping of 126 bytes', steps: [atOnce(ping(TOO_LONG))] }),
  passes({
    id: '2.6',
    title: 'a ping of 125 bytes, octet by octet',
    steps: [octetWise(ping(LONGEST))],
    strict: [pongOf(LONGEST)],
  }),
  passes({ id: '2.7', title: 'a pong nobody asked for', steps: [atOnce(pong())], strict: [] }),
  passes({
    id: '2.8',
    title: 'a pong nobody asked for, with a payload',
    steps: [atOnce(pong('unasked'))],
    strict: [],
  }),
  passes({
    id: '2.9',
    title: 'a pong nobody asked for, then a ping',
    steps: [atOnce(pong('unasked'), ping('asked'))],
    strict: [pongOf('asked')],
  }),
  passes({
    id: '2.10',
    title: 'ten pings',
    steps: [atOnce(...TEN.map((each) => ping(each)))],
    strict: TEN.map((each) => pongOf(each)),
  }),
  passes({
    id: '2.11',
    title: 'ten pings, octet by octet',
    steps: [octetWise(...TEN.map((each) => ping(each)))],
    strict: TEN.map((each) => pongOf(each)),
  }),
];

function answered(id: string, title: string, payload: string | Buffer): ProtocolCase {
  return passes({ id, title, steps: [atOnce(ping(payload))], strict: [pongOf(payload)] });
}
