import { frame, ping, text } from '../support/client-frame.js';
import { atOnce, fails, octetWise, textEcho } from '../support/expected.js';
import type { ProtocolCase, Step } from '../support/protocol-case.js';

const HELLO = 'Hello, world!';

/** Is family 4: opcodes without a meaning end the connection. */
export const reservedOpcodes: readonly ProtocolCase[] = [
  alone('4.1.1', 3, ''),
  alone('4.1.2', 4, 'reserved'),
  afterAText('4.1.3', 5, '', atOnce),
  afterAText('4.1.4', 6, 'reserved', atOnce),
  afterAText('4.1.5', 7, 'reserved', octetWise),
  alone('4.2.1', 11, ''),
  alone('4.2.2', 12, 'reserved'),
  afterAText('4.2.3', 13, '', atOnce),
  afterAText('4.2.4', 14, 'reserved', atOnce),
  afterAText('4.2.5', 15, 'reserved', octetWise),
];

function alone(id: string, opcode: number, payload: string): ProtocolCase {
  const title = `opcode ${opcode} ${payload ? 'with' : 'without'} a payload`;
  return fails({ id, title, steps: [atOnce(frame(opcode, payload))] });
}

function afterAText(
  id: string,
  opcode: number,
  payload: string,
  sending: (...frames: Buffer[]) => Step,
): ProtocolCase {
  const manner = sending === octetWise ? ', octet by octet' : '';
  return fails({
    id,
    title: `a good text, then opcode ${opcode} and a ping${manner}`,
    steps: [sending(text(HELLO), frame(opcode, payload), ping())],
    strict: [textEcho(HELLO)],
    nonStrict: [],
  });
}
