import { describe, expect, it } from '@jest/globals';
import {
  assertChannelName,
  assertGroupName,
  assertReceivableName,
  assertSingleReaderPattern,
  InvalidName,
  localName,
  NAME_LENGTH_LIMIT,
  nonLocalName,
} from '@nest-channels/core';
import * as fc from 'fast-check';
import { expectThrown } from './support/failure.js';

const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.');

/** Names that no kind of name allows, whatever marks it takes. */
const NEVER_VALID = [
  ['an empty name', ''],
  ['a name of 100 characters', 'x'.repeat(100)],
  ['a trailing newline', 'jobs\n'],
  ['a leading newline', '\njobs'],
  ['a newline inside', 'jobs\njobs'],
  ['Arabic digits', 'jobs٣'],
  ['a full-width letter', 'ｊobs'],
  ['an accented letter', 'é'],
  ['a Kelvin sign, which is no ASCII k', '\u212A'],
  ['an emoji', '🏔'],
  ['a space', 'two words'],
  ['a slash', 'a/b'],
  ['a plus sign', 'a+b'],
  ['a pound sign', '£'],
  ['a NUL character', 'a\0'],
  ['a mark alone', '!'],
  ['a question mark alone', '?'],
  ['a mark first', '!a'],
  ['a question mark first', '?a'],
  ['two marks of one kind', 'a!b!c'],
  ['two question marks', 'a?b?c'],
  ['two marks side by side', 'a!!'],
  ['two question marks side by side', 'a??'],
  ['both marks', 'a?b!c'],
  ['both marks the other way round', 'a!b?c'],
] as const;

const NO_TEXT: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 5],
  ['a symbol', Symbol('jobs')],
  ['a list with a name', ['jobs']],
  ['bytes', Buffer.from('jobs')],
  ['an object that reads as a name', { toString: () => 'jobs' }],
  ['a boxed text', Object('jobs')],
  ['an object without a prototype', Object.create(null)],
];

function isPlain(text: string | undefined): boolean {
  return Boolean(text) && Array.from(text ?? '').every((character) => LETTERS.includes(character));
}

function splitAt(name: string, mark: string): [string, string] | undefined {
  const parts = name.split(mark);
  return parts.length === 2 ? [parts[0] ?? '', parts[1] ?? ''] : undefined;
}

type Kind = 'channel' | 'receivable' | 'pattern' | 'group';

/** Tells names apart without a regular expression. */
function referenceFor(kind: Kind, name: string): boolean {
  if (name.length > (kind === 'pattern' ? 77 : 99)) return false;
  const [prefix, local] = splitAt(name, '!') ?? [];
  const [start, end] = splitAt(name, '?') ?? [];
  const isSingle = isPlain(start) && isPlain(end);
  const isServer = isPlain(prefix);
  const kinds: Record<Kind, boolean> = {
    group: isPlain(name),
    pattern: isPlain(start) && end === '',
    receivable: isPlain(name) || isSingle || (isServer && local === ''),
    channel: isPlain(name) || isSingle || (isServer && (local === '' || isPlain(local))),
  };
  return kinds[kind];
}

const character = fc.constantFrom(...LETTERS, '!', '?', '\n', '\r', '\u2028', ' ', '٣', 'é', '\0');
const almostValid = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 60 }),
    fc.constantFrom('', '!', '?', '!!', '\n', '٣'),
    fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 60 }),
    fc.constantFrom('', '', '', '!', '?', '\n'),
  )
  .map((parts) => parts.join(''));
const anyName = fc.oneof(almostValid, fc.string({ unit: character, maxLength: 12 }));

function accepts(assertion: (name: unknown) => void, name: unknown): boolean {
  try {
    assertion(name);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'CHANNELS_NAME_INVALID', given: name });
    return false;
  }
}

function agreesWithReference(assertion: (name: unknown) => void, kind: Kind): void {
  fc.assert(
    fc.property(anyName, (name) => {
      expect(accepts(assertion, name)).toBe(referenceFor(kind, name));
    }),
    { numRuns: 1_000 },
  );
}

describe('assertChannelName', () => {
  it.each([
    'jobs',
    'a',
    '0',
    'Thumbnails.make_2-x',
    '.',
    'body?x1',
    'server.k3f9!42',
    'server.k3f9!',
    'x'.repeat(99),
    `${'x'.repeat(97)}?y`,
    `${'x'.repeat(97)}!y`,
  ])('takes %j', (name) => {
    expect(() => assertChannelName(name)).not.toThrow();
  });

  it.each([
    ...NEVER_VALID,
    ['a single-reader name without its second half', 'body?'],
    ['a newline after a mark', 'server!\n'],
    ['a newline after a local part', 'server!42\n'],
    ['Arabic digits in the local part', 'server!٤٢'],
    ['100 characters with a mark', `${'x'.repeat(98)}!y`],
  ])('refuses %s', (_, name) => {
    expectThrown(InvalidName, () => assertChannelName(name));
  });

  it.each(NO_TEXT)('refuses %s', (_, value) => {
    expectThrown(InvalidName, () => assertChannelName(value));
  });

  it('says what was given and what it was for', () => {
    const error = expectThrown(InvalidName, () => assertChannelName('two words'));
    expect(error).toMatchObject({ subject: 'channel', given: 'two words' });
    expect(error.message).toContain('Invalid channel name "two words"');
  });

  it('agrees with a reference that looks at each character', () => {
    agreesWithReference(assertChannelName, 'channel');
  });
});

describe('assertReceivableName', () => {
  it.each(['jobs', 'body?x1', 'server.k3f9!', 'x'.repeat(99)])('takes %j', (name) => {
    expect(() => assertReceivableName(name)).not.toThrow();
  });

  it.each([
    ...NEVER_VALID,
    ['a process-specific name with its local part', 'server.k3f9!42'],
    ['a single-reader name without its second half', 'body?'],
  ])('refuses %s', (_, name) => {
    expectThrown(InvalidName, () => assertReceivableName(name));
  });

  it('agrees with a reference that looks at each character', () => {
    agreesWithReference(assertReceivableName, 'receivable');
  });
});

describe('assertSingleReaderPattern', () => {
  it.each(['body?', 'http.request.body?', `${'x'.repeat(76)}?`])('takes %j', (pattern) => {
    expect(() => assertSingleReaderPattern(pattern)).not.toThrow();
  });

  it.each([
    ...NEVER_VALID,
    ['a pattern without a mark', 'body'],
    ['a process-specific prefix', 'body!'],
    ['a completed name', 'body?x1'],
    ['a newline at its end', 'body?\n'],
    ['78 characters', `${'x'.repeat(77)}?`],
  ])('refuses %s', (_, pattern) => {
    expectThrown(InvalidName, () => assertSingleReaderPattern(pattern));
  });

  it('agrees with a reference that looks at each character', () => {
    agreesWithReference(assertSingleReaderPattern, 'pattern');
  });
});

describe('assertGroupName', () => {
  it.each(['chat', 'chat-room_1.x', 'x'.repeat(99)])('takes %j', (name) => {
    expect(() => assertGroupName(name)).not.toThrow();
  });

  it.each([
    ...NEVER_VALID,
    ['a single-reader name', 'body?x1'],
    ['a process-specific name', 'server!42'],
    ['a process-specific prefix', 'server!'],
  ])('refuses %s', (_, name) => {
    const error = expectThrown(InvalidName, () => assertGroupName(name));
    expect(error.subject).toBe('group');
  });

  it('agrees with a reference that looks at each character', () => {
    agreesWithReference(assertGroupName, 'group');
  });
});

describe('NAME_LENGTH_LIMIT', () => {
  it('is the first length that is refused', () => {
    expect(accepts(assertChannelName, 'x'.repeat(NAME_LENGTH_LIMIT - 1))).toBe(true);
    expect(accepts(assertChannelName, 'x'.repeat(NAME_LENGTH_LIMIT))).toBe(false);
  });
});

describe('nonLocalName', () => {
  it.each([
    ['server.k3f9!42', 'server.k3f9!'],
    ['server.k3f9!', 'server.k3f9!'],
    ['body?x1', 'body?x1'],
    ['jobs', 'jobs'],
  ])('makes of %j %j', (name, nonLocal) => {
    expect(nonLocalName(name)).toBe(nonLocal);
  });

  it('is a name to receive from, for each name to send to', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        fc.pre(referenceFor('channel', name));
        expect(accepts(assertReceivableName, nonLocalName(name))).toBe(true);
      }),
    );
  });
});

describe('localName', () => {
  it.each([
    ['server.k3f9!42', '42'],
    ['server.k3f9!', ''],
    ['body?x1', undefined],
    ['jobs', undefined],
  ])('makes of %j %j', (name, local) => {
    expect(localName(name)).toBe(local);
  });

  it('completes the non-local name', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        fc.pre(referenceFor('channel', name));
        expect(nonLocalName(name) + (localName(name) ?? '')).toBe(name);
      }),
    );
  });
});
