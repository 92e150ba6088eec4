import { close, closePayload, continuation, ping, text } from '../support/client-frame.js';
import { atOnce, closes, fails, rawClose, textEcho } from '../support/expected.js';
import type { ProtocolCase } from '../support/protocol-case.js';

const GOOD_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const BAD_CODES = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
const OPEN_CODES = [5000, 65_535];
const NOT_TEXT = Buffer.from('cebae1bdb9cf83cebcceb5eda080656469746564', 'hex');

/** Is family 7: closing handshakes, their codes and reasons. */
export const closing: readonly ProtocolCase[] = [
  closes({
    id: '7.1.1',
    title: 'a text, then a close',
    steps: [atOnce(text('Hello World!'), close())],
    strict: [textEcho('Hello World!')],
  }),
  closes({ id: '7.1.2', title: 'two closes', steps: [atOnce(close(), close())] }),
  closes({ id: '7.1.3', title: 'a close, then a ping', steps: [atOnce(close(), ping())] }),
  closes({
    id: '7.1.4',
    title: 'a close, then a text',
    steps: [atOnce(close(), text('Hello World!'))],
  }),
  closes({
    id: '7.1.5',
    title: 'a close between two fragments',
    steps: [atOnce(text('fragment1', { fin: false }), close(), continuation('fragment2'))],
  }),
  closes({
    id: '7.1.6',
    title: 'a text of 256 KiB, a close, then a ping',
    steps: [atOnce(text('B'.repeat(256 * 1024)), close(), ping())],
    isInformational: true,
  }),
  closes({
    id: '7.3.1',
    title: 'an empty close',
    steps: [atOnce(rawClose(Buffer.alloc(0)))],
    closeCode: undefined,
  }),
  fails({ id: '7.3.2', title: 'a close of one byte', steps: [atOnce(rawClose(Buffer.from('a')))] }),
  closes({ id: '7.3.3', title: 'a close with a code', steps: [atOnce(close(1000))] }),
  closes({
    id: '7.3.4',
    title: 'a close with a code and a reason',
    steps: [atOnce(close(1000, 'Hello World!'))],
  }),
  closes({
    id: '7.3.5',
    title: 'a close with the longest reason, 123 bytes',
    steps: [atOnce(close(1000, '*'.repeat(123)))],
  }),
  fails({
    id: '7.3.6',
    title: 'a close with a reason of 124 bytes',
    steps: [atOnce(close(1000, '*'.repeat(124)))],
  }),
  fails({
    id: '7.5.1',
    title: 'a close with a reason that is not UTF-8',
    steps: [atOnce(rawClose(closePayload(1000, NOT_TEXT)))],
    closeCode: 1007,
  }),
  ...GOOD_CODES.map((code, index) =>
    closes({
      id: `7.7.${index + 1}`,
      title: `a close with ${code}`,
      steps: [atOnce(close(code))],
      closeCode: code,
    }),
  ),
  ...BAD_CODES.map((code, index) =>
    fails({ id: `7.9.${index + 1}`, title: `a close with ${code}`, steps: [atOnce(close(code))] }),
  ),
  ...OPEN_CODES.map((code, index) =>
    fails({
      id: `7.13.${index + 1}`,
      title: `a close with ${code}`,
      steps: [atOnce(close(code))],
      isInformational: true,
    }),
  ),
];
