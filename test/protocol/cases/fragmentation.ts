import { continuation, ping, pong, text } from '../support/client-frame.js';
import {
  atOnce,
  fails,
  frameWise,
  octetWise,
  passes,
  pongOf,
  textEcho,
  WAIT,
} from '../support/expected.js';
import type { Expected, ProtocolCase, Step } from '../support/protocol-case.js';

type Sending = (...frames: Buffer[]) => Step;

const MANNERS: readonly (readonly [string, Sending])[] = [
  ['at once', atOnce],
  ['frame by frame', frameWise],
  ['octet by octet', octetWise],
];

const MORE = { fin: false };
const TWO = [text('fragment1', MORE), continuation('fragment2')];
const WHOLE = textEcho('fragment1fragment2');
const [FIRST, LAST] = TWO;
const STRAY_LAST = continuation('non-continuation payload');
const STRAY_FIRST = continuation('non-continuation payload', MORE);
const UNFRAGMENTED = text('Hello, world!');
const FIVE = ['fragment1', 'fragment2', 'fragment3', 'fragment4', 'fragment5'];
const FIVE_FRAMES = FIVE.map((data, index) =>
  index === 0 ? text(data, MORE) : continuation(data, { fin: index === 4 }),
);

/** Is family 5: fragments, what may come between them and what may not. */
export const fragmentation: readonly ProtocolCase[] = [
  fails({
    id: '5.1',
    title: 'a ping in two fragments',
    steps: [atOnce(ping('fragment1', MORE), LAST)],
  }),
  fails({
    id: '5.2',
    title: 'a pong in two fragments',
    steps: [atOnce(pong('fragment1', MORE), LAST)],
  }),
  ...inAllManners(3, 'a text in two fragments', TWO, [WHOLE]),
  ...inAllManners(
    6,
    'a ping between two fragments',
    [FIRST, ping('between'), LAST],
    [pongOf('between'), WHOLE],
  ),
  ...failsInAllManners(9, 'a last fragment of nothing', [STRAY_LAST, UNFRAGMENTED]),
  ...failsInAllManners(12, 'a fragment of nothing', [STRAY_FIRST, UNFRAGMENTED]),
  fails({
    id: '5.15',
    title: 'a fragment of nothing after a text in two fragments',
    steps: [atOnce(...TWO, STRAY_FIRST, UNFRAGMENTED)],
    strict: [WHOLE],
    nonStrict: [],
  }),
  fails({ id: '5.16', title: 'a fragment of nothing, twice', steps: [atOnce(...twice(MORE))] }),
  fails({
    id: '5.17',
    title: 'a last fragment of nothing, twice',
    steps: [atOnce(...twice({ fin: true }))],
  }),
  fails({
    id: '5.18',
    title: 'a text inside a text in fragments',
    steps: [atOnce(FIRST, text('fragment2'))],
  }),
  fiveFragments('5.19', 'written together', atOnce),
  fiveFragments('5.20', 'frame by frame', frameWise),
];

function inAllManners(
  first: number,
  title: string,
  frames: readonly Buffer[],
  strict: readonly Expected[],
): ProtocolCase[] {
  return MANNERS.map(([manner, sending], index) =>
    passes({
      id: `5.${first + index}`,
      title: `${title}, ${manner}`,
      steps: [sending(...frames)],
      strict,
    }),
  );
}

function failsInAllManners(
  first: number,
  title: string,
  frames: readonly Buffer[],
): ProtocolCase[] {
  return MANNERS.map(([manner, sending], index) =>
    fails({ id: `5.${first + index}`, title: `${title}, ${manner}`, steps: [sending(...frames)] }),
  );
}

function twice({ fin }: { readonly fin: boolean }): Buffer[] {
  const frames = [continuation('fragment1', { fin }), text('fragment2', MORE), LAST];
  return [...frames, ...frames];
}

function fiveFragments(id: string, manner: string, sending: Sending): ProtocolCase {
  const [one, two, three, four, five] = FIVE_FRAMES;
  return passes({
    id,
    title: `a text in five fragments with pings after the second and fourth, ${manner}`,
    steps: [sending(one, two, ping('first')), WAIT, sending(three, four, ping('second'), five)],
    strict: [pongOf('first'), pongOf('second'), textEcho(FIVE.join(''))],
  });
}
