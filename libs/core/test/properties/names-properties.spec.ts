import { describe, expect, it } from '@jest/globals';
import {
  assertChannelName,
  assertGroupName,
  assertReceivableName,
  Channel,
  Group,
  InvalidName,
  ManualClock,
  memoryLayer,
  SendScopes,
} from '@nest-channels/core';
import * as fc from 'fast-check';

const LETTERS = new Set('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.');
const HOSTILE = ['\n', '\r', '\0', ' ', '*', '[', ']', '{', '}', '%', '/', '\u0663', '\uff4a', 'é'];

const name = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'Z', '9', '.', '-', '_', '!', '?'), maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('a', '!', '?', ...HOSTILE), maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.nat(120).map((length) => 'x'.repeat(length)),
  fc.nat(120).map((length) => `${'x'.repeat(length)}!y`),
);

function isPlain(text: string): boolean {
  return text !== '' && Array.from(text).every((letter) => LETTERS.has(letter));
}

/** Is what may be sent to: plain, `plain?plain`, `plain!` or `plain!plain`. */
function isChannel(text: string): boolean {
  const [head = '', ...tail] = text.split(/[!?]/);
  if (text.length > 99 || tail.length > 1 || !isPlain(head)) return false;
  const [local] = tail;
  return local === undefined || isPlain(local) || (local === '' && text.includes('!'));
}

function isReceivable(text: string): boolean {
  return isChannel(text) && (!text.includes('!') || text.endsWith('!'));
}

function isGroup(text: string): boolean {
  return text.length <= 99 && isPlain(text);
}

/** Says whether a call takes a name; any refusal but the documented one fails. */
function takes(call: () => unknown): boolean {
  try {
    call();
    return true;
  } catch (error) {
    if (error instanceof InvalidName && error.code === 'CHANNELS_NAME_INVALID') return false;
    throw error;
  }
}

describe('Names, whatever their characters', () => {
  it('P8: are taken by the same rules as those of a reference', () => {
    const layer = memoryLayer();
    const scopes = new SendScopes(new ManualClock());
    fc.assert(
      fc.property(name, (text) => {
        const answers = [
          takes(() => assertChannelName(text)),
          takes(() => new Channel(text, layer, scopes)),
          takes(() => assertReceivableName(text)),
          takes(() => layer.subscribe([text], () => undefined).close()),
          takes(() => assertGroupName(text)),
          takes(() => new Group(text, layer, scopes)),
        ];
        const [channel, receivable, group] = [isChannel(text), isReceivable(text), isGroup(text)];
        const reference = [channel, channel, receivable, receivable, group, group];
        if (String(answers) !== String(reference)) expect(answers).toEqual(reference);
      }),
      {
        numRuns: 5_000,
        examples: HOSTILE.flatMap((letter) => [[letter], [`a${letter}`]]),
      },
    );
  });
});
