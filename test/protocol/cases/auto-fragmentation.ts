import { fragments, Opcode } from '../support/client-frame.js';
import { atOnce, passes, textEcho } from '../support/expected.js';
import type { ProtocolCase } from '../support/protocol-case.js';

const DATA = '*'.repeat(65_536);

/** Is family 10: what a client's own library cuts into fragments. */
export const autoFragmentation: readonly ProtocolCase[] = [
  passes({
    id: '10.1.1',
    title: 'a text of 64 KiB in fragments of 1,300 bytes',
    steps: [atOnce(...fragments(Opcode.text, DATA, 1_300))],
    strict: [textEcho(DATA)],
  }),
];
