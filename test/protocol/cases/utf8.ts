import { isUtf8 } from 'node:buffer';
import { continuation, fragments, Opcode, text } from '../support/client-frame.js';
import { atOnce, fails, passes, textEcho, WAIT } from '../support/expected.js';
import type { ProtocolCase, Step } from '../support/protocol-case.js';
import { sequenceGroups } from './utf8-sequences.js';

const MORE = { fin: false };
const HELLO = 'Hello-µ@ßöäüàá-UTF-8!!';
const GREEK = '\u03ba\u1f79\u03c3\u03bc\u03b5';
const NOT_TEXT = Buffer.concat([
  Buffer.from(GREEK),
  Buffer.from('eda080', 'hex'),
  Buffer.from('edited'),
]);

/** Are the parts of a text that stops being one in the middle, cut in two places. */
const BROKEN_AFTER = parts('f4908080', '');
const BROKEN_WITHIN = parts('f490', '8080');

/** Is family 6: text is UTF-8 as a whole, wherever it is cut. */
export const utf8: readonly ProtocolCase[] = [
  echoed('6.1.1', 'an empty text', '', [text()]),
  echoed('6.1.2', 'a text of three empty fragments', '', [
    text('', MORE),
    continuation('', MORE),
    continuation(),
  ]),
  echoed('6.1.3', 'a text between two empty fragments', 'middle', [
    text('', MORE),
    continuation('middle', MORE),
    continuation(),
  ]),
  echoed('6.2.1', 'a text in one frame', HELLO, [text(HELLO)]),
  echoed('6.2.2', 'a text cut between two code points', HELLO, [
    text('Hello-µ@ßöä', MORE),
    continuation('üàá-UTF-8!!'),
  ]),
  echoed('6.2.3', 'a text in fragments of one octet', HELLO, octets(HELLO)),
  echoed('6.2.4', 'a Greek text in fragments of one octet', GREEK, octets(GREEK)),
  refused('6.3.1', 'a surrogate in one frame', [text(NOT_TEXT)]),
  refused('6.3.2', 'a surrogate in fragments of one octet', octets(NOT_TEXT)),
  failsFast('6.4.1', 'in fragments, the bad one whole', inFragments(BROKEN_AFTER)),
  failsFast('6.4.2', 'in fragments, the bad one up to its bad octet', inFragments(BROKEN_WITHIN)),
  failsFast('6.4.3', 'in chops of a frame, the bad one whole', inChops(BROKEN_AFTER)),
  failsFast('6.4.4', 'in chops of a frame, up to the bad octet', inChops(BROKEN_WITHIN)),
  ...sequenceGroups.flatMap(({ title, sequences }, group) =>
    sequences.map((sequence, index) => ofSequence(`6.${group + 5}.${index + 1}`, title, sequence)),
  ),
];

function echoed(id: string, title: string, data: string, frames: readonly Buffer[]): ProtocolCase {
  return passes({ id, title, steps: [atOnce(...frames)], strict: [textEcho(data)] });
}

function refused(id: string, title: string, frames: readonly Buffer[]): ProtocolCase {
  return fails({ id, title, steps: [atOnce(...frames)], closeCode: 1007 });
}

function ofSequence(id: string, title: string, sequence: Buffer): ProtocolCase {
  const named = `${title}: ${sequence.toString('hex')}`;
  if (!isUtf8(sequence)) return refused(id, named, [text(sequence)]);
  return echoed(id, named, sequence.toString(), [text(sequence)]);
}

/** Is a text that a strict server refuses before its last part has come. */
function failsFast(id: string, manner: string, steps: readonly Step[]): ProtocolCase {
  const title = `a text that turns bad half-way, ${manner}`;
  return fails({ id, title, steps, closeCode: 1007, failsBy: steps.length - 1, nonStrict: [] });
}

function inFragments([one, two, three]: readonly Buffer[]): Step[] {
  const frames = [text(one, MORE), continuation(two, MORE), continuation(three)];
  return waitingBetween(frames);
}

function inChops([one, two, three]: readonly Buffer[]): Step[] {
  const bytes = text(Buffer.concat([one, two, three]));
  const head = bytes.length - two.length - three.length;
  const [second, third] = [head, head + two.length];
  return waitingBetween([
    bytes.subarray(0, second),
    bytes.subarray(second, third),
    bytes.subarray(third),
  ]);
}

function waitingBetween([one, two, three]: readonly Buffer[]): Step[] {
  return [atOnce(one), WAIT, atOnce(two), WAIT, atOnce(three)];
}

function octets(data: string | Buffer): Buffer[] {
  return fragments(Opcode.text, data, 1);
}

function parts(bad: string, rest: string): Buffer[] {
  const tail = Buffer.concat([Buffer.from(rest, 'hex'), Buffer.from('edited')]);
  return [Buffer.from(GREEK), Buffer.from(bad, 'hex'), tail];
}
