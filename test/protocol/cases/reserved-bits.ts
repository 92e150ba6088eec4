import { binary, ping, text } from '../support/client-frame.js';
import { frame, Opcode, closePayload } from '../support/client-frame.js';
import { atOnce, fails, frameWise, octetWise, textEcho } from '../support/expected.js';
import type { ProtocolCase, Step } from '../support/protocol-case.js';

const HELLO = 'Hello, world!';

/** Is family 3: reserved bits mean nothing without an extension, so they end the connection. */
export const reservedBits: readonly ProtocolCase[] = [
  fails({ id: '3.1', title: 'a text with RSV 1', steps: [atOnce(text(HELLO, { rsv: 1 }))] }),
  afterAText('3.2', 2, 'at once', atOnce),
  afterAText('3.3', 3, 'frame by frame', frameWise),
  afterAText('3.4', 4, 'octet by octet', octetWise),
  fails({
    id: '3.5',
    title: 'a binary message with RSV 5',
    steps: [atOnce(binary(Buffer.alloc(8, 0xff), { rsv: 5 }))],
  }),
  fails({ id: '3.6', title: 'a ping with RSV 6', steps: [atOnce(ping(HELLO, { rsv: 6 }))] }),
  fails({
    id: '3.7',
    title: 'a close with RSV 7',
    steps: [atOnce(frame(Opcode.close, closePayload(1000), { rsv: 7 }))],
  }),
];

function afterAText(
  id: string,
  rsv: number,
  manner: string,
  sending: (...frames: Buffer[]) => Step,
): ProtocolCase {
  return fails({
    id,
    title: `a good text, then one with RSV ${rsv} and a ping, ${manner}`,
    steps: [sending(text(HELLO), text(HELLO, { rsv }), ping())],
    strict: [textEcho(HELLO)],
    nonStrict: [],
  });
}
