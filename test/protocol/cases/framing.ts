import { binary, text } from '../support/client-frame.js';
import { atOnce, binaryEcho, chopped, passes, textEcho } from '../support/expected.js';
import type { ProtocolCase, Step } from '../support/protocol-case.js';

const LENGTHS = [0, 125, 126, 127, 128, 65_535, 65_536];

/** Is family 1: messages of the lengths at which the frame's header changes. */
export const framing: readonly ProtocolCase[] = [
  ...LENGTHS.map((length, index) => textOf(`1.1.${index + 1}`, length, atOnce)),
  textOf('1.1.8', 65_536, inChops),
  ...LENGTHS.map((length, index) => binaryOf(`1.2.${index + 1}`, length, atOnce)),
  binaryOf('1.2.8', 65_536, inChops),
];

type Sending = (frame: Buffer) => Step;

function inChops(frame: Buffer): Step {
  return chopped(997, frame);
}

function textOf(id: string, length: number, sending: Sending): ProtocolCase {
  const data = '*'.repeat(length);
  const title = `a text of ${length} bytes${manner(sending)}`;
  return passes({ id, title, steps: [sending(text(data))], strict: [textEcho(data)] });
}

function binaryOf(id: string, length: number, sending: Sending): ProtocolCase {
  const data = Buffer.alloc(length, 0xfe);
  const title = `a binary message of ${length} bytes${manner(sending)}`;
  return passes({ id, title, steps: [sending(binary(data))], strict: [binaryEcho(data)] });
}

function manner(sending: Sending): string {
  return sending === inChops ? ' in chops of 997' : '';
}
