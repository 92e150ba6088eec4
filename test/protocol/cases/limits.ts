import { binary, fragments, Opcode, text } from '../support/client-frame.js';
import { atOnce, binaryEcho, passes, textEcho, writtenIn } from '../support/expected.js';
import type { Expected, ProtocolCase } from '../support/protocol-case.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const ROUND_TRIPS = 1_000;

/** Is how messages of one kind are made, framed and answered. */
interface Kind {
  readonly name: string;
  /** Are the numbers of the four groups of cases in this kind. */
  readonly groups: readonly [whole: number, fragmented: number, chopped: number, repeated: number];
  readonly opcode: number;
  readonly frame: (payload: Buffer) => Buffer;
  readonly echo: (payload: Buffer) => Expected;
}

const TEXT: Kind = {
  name: 'text',
  groups: [1, 3, 5, 7],
  opcode: Opcode.text,
  frame: (payload) => text(payload),
  echo: (payload) => textEcho(payload.toString()),
};

const BINARY: Kind = {
  name: 'binary message',
  groups: [2, 4, 6, 8],
  opcode: Opcode.binary,
  frame: (payload) => binary(payload),
  echo: (payload) => binaryEcho(payload),
};

/** Is a case that is made when its turn comes: these are large. */
export interface LimitCase {
  readonly id: string;
  readonly title: string;
  readonly make: () => ProtocolCase;
}

type Making = Pick<ProtocolCase, 'steps' | 'strict'>;

/** Is family 9: long messages, many fragments, small chops and many round trips. */
export const limits: readonly LimitCase[] = [TEXT, BINARY].flatMap((kind) => [
  ...[64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB].map((size, index) =>
    limitCase(idOf(kind.groups[0], index), `a ${kind.name} of ${sizeOf(size)}`, () =>
      whole(kind, size),
    ),
  ),
  ...[64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB].map((size, index) =>
    limitCase(
      idOf(kind.groups[1], index),
      `a ${kind.name} of 4 MiB in fragments of ${sizeOf(size)}`,
      () => fragmented(kind, size),
    ),
  ),
  ...[64, 128, 256, 512, KIB, 2 * KIB].map((size, index) =>
    limitCase(
      idOf(kind.groups[2], index),
      `a ${kind.name} of 1 MiB written in chops of ${sizeOf(size)}`,
      () => inChops(kind, size),
    ),
  ),
  ...[0, 16, 64, 256, KIB, 4 * KIB].map((size, index) =>
    limitCase(
      idOf(kind.groups[3], index),
      `${ROUND_TRIPS} round trips of a ${kind.name} of ${sizeOf(size)}`,
      () => repeated(kind, size),
    ),
  ),
]);

function limitCase(id: string, title: string, make: () => Making): LimitCase {
  return { id, title, make: () => passes({ id, title, ...make() }) };
}

function whole(kind: Kind, size: number): Making {
  const payload = Buffer.alloc(size, '*');
  return { steps: [atOnce(kind.frame(payload))], strict: [kind.echo(payload)] };
}

function fragmented(kind: Kind, size: number): Making {
  const payload = Buffer.alloc(4 * MIB, '*');
  const frames = fragments(kind.opcode, payload, size);
  return { steps: [atOnce(...frames)], strict: [kind.echo(payload)] };
}

function inChops(kind: Kind, size: number): Making {
  const payload = Buffer.alloc(MIB, '*');
  return { steps: [writtenIn(size, kind.frame(payload))], strict: [kind.echo(payload)] };
}

function repeated(kind: Kind, size: number): Making {
  const payload = Buffer.alloc(size, '*');
  const trips = Array.from({ length: ROUND_TRIPS }, (_, index) => index);
  return {
    steps: trips.flatMap((trip) => [
      atOnce(kind.frame(payload)),
      { do: 'expect', events: trip + 1 },
    ]),
    strict: trips.map(() => kind.echo(payload)),
  };
}

function idOf(group: number, index: number): string {
  return `9.${group}.${index + 1}`;
}

function sizeOf(bytes: number): string {
  if (bytes >= MIB) return `${bytes / MIB} MiB`;
  return bytes >= KIB ? `${bytes / KIB} KiB` : `${bytes} bytes`;
}
