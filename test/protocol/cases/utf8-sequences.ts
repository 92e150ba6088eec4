/** Is a group of byte sequences that are all text or all not, unless they say so themselves. */
export interface SequenceGroup {
  readonly title: string;
  readonly sequences: readonly Buffer[];
}

/** Is the Greek word kosme, its second letter as the code point of three bytes. */
const GREEK = Buffer.from('\u03ba\u1f79\u03c3\u03bc\u03b5');

const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);

/** Reads byte sequences written in hexadecimal, one per word. */
const hex = (words: string): Buffer[] => words.split(/\s+/).map((each) => Buffer.from(each, 'hex'));

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Returns each byte of a range, followed by a space. */
function spaced(first: number, last: number): Buffer {
  return bytes(...range(first, last).flatMap((value) => [value, 0x20]));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Are starts of sequences whose last byte is missing, of two to six bytes. */
const CUT_OFF = hex('c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf');

/** Are the last two code points of the sixteen supplementary planes. */
const PLANE_ENDS = range(1, 16).flatMap((plane) =>
  [0xfffe, 0xffff].map((low) => Buffer.from(String.fromCodePoint(plane * 0x10000 + low))),
);

/**
 * Are byte sequences around every boundary of UTF-8 (RFC 3629 §3, Unicode §3.9), as the groups
 * from 6.5 on.
 */
export const sequenceGroups: readonly SequenceGroup[] = [
  {
    title: 'text with code points of one to four bytes',
    sequences: [
      latin1('hello\x24world'),
      latin1('hello\xc2\xa2world'),
      latin1('hello\xe2\x82\xacworld'),
      latin1('hello\xf0\xa4\xad\xa2world'),
      GREEK,
    ],
  },
  {
    title: 'a prefix of text',
    sequences: range(1, GREEK.length).map((length) => GREEK.subarray(0, length)),
  },
  { title: 'the first code point of a length', sequences: hex('00 c280 e0a080 f0908080') },
  { title: 'the first sequence of five or six bytes', sequences: hex('f888808080 fc8480808080') },
  { title: 'the last code point of a length', sequences: hex('7f dfbf efbfbf f48fbfbf') },
  {
    title: 'the last sequence of four to six bytes',
    sequences: hex('f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf'),
  },
  {
    title: 'a code point at another boundary',
    sequences: hex('ed9fbf ee8080 efbfbd f48fbfbf f4908080'),
  },
  {
    title: 'continuation bytes without a start',
    sequences: [
      ...hex('80 bf 80bf 80bf80 80bf80bf 80bf80bf80 80bf80bf80bf'),
      bytes(...range(0x80, 0xbf)),
    ],
  },
  {
    title: 'starts without continuation bytes',
    sequences: [
      spaced(0xc0, 0xdf),
      spaced(0xe0, 0xef),
      spaced(0xf0, 0xf7),
      spaced(0xf8, 0xfb),
      spaced(0xfc, 0xfd),
    ],
  },
  { title: 'a sequence without its last byte', sequences: CUT_OFF },
  { title: 'sequences without their last bytes, joined', sequences: [Buffer.concat(CUT_OFF)] },
  { title: 'bytes that UTF-8 never has', sequences: hex('fe ff fefeffff') },
  {
    title: 'a slash in more bytes than it takes',
    sequences: hex('c0af e080af f08080af f8808080af fc80808080af'),
  },
  {
    title: 'the last code point of a length in one byte more',
    sequences: hex('c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf'),
  },
  {
    title: 'NUL in more bytes than it takes',
    sequences: hex('c080 e08080 f0808080 f880808080 fc8080808080'),
  },
  {
    title: 'half of a surrogate pair',
    sequences: hex('eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf'),
  },
  {
    title: 'a surrogate pair',
    sequences: hex(
      'eda080edb080 eda080edbfbf edadbfedb080 edadbfedbfbf ' +
        'edae80edb080 edae80edbfbf edafbfedb080 edafbfedbfbf',
    ),
  },
  {
    title: 'a code point that is no character',
    sequences: [...hex('efbfbe efbfbf'), ...PLANE_ENDS],
  },
  {
    title: 'a special code point',
    sequences: range(0xfff9, 0xffff).map((point) => Buffer.from(String.fromCodePoint(point))),
  },
];
