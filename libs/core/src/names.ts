import { InvalidName } from './errors.js';

/** Is the number of characters a channel or group name must stay below. */
export const NAME_LENGTH_LIMIT = 100;

/** Is how much a layer may append to a single-reader pattern. */
const COMPLETION_LENGTH = 22;

const CHANNEL_NAME = /^[A-Za-z0-9_.-]+(?:![A-Za-z0-9_.-]*|\?[A-Za-z0-9_.-]+)?$/;
const RECEIVABLE_NAME = /^[A-Za-z0-9_.-]+(?:!|\?[A-Za-z0-9_.-]+)?$/;
const SINGLE_READER_PATTERN = /^[A-Za-z0-9_.-]+\?$/;
const GROUP_NAME = /^[A-Za-z0-9_.-]+$/;
const LETTERS = 'ASCII letters, digits, "-", "_" and ".", under 100 characters';

/**
 * Throws unless messages can be sent to a channel of this name.
 *
 * Normal names are plain (`jobs`), single-reader names hold one `?` with text on both sides
 * (`body?x1`), process-specific names hold one `!` after their prefix (`server.k3f9!42`).
 *
 * @throws InvalidName `CHANNELS_NAME_INVALID`
 */
export function assertChannelName(name: unknown): asserts name is string {
  assertName('channel', name, CHANNEL_NAME, `${LETTERS}, with at most one "!" or one inner "?"`);
}

/**
 * Throws unless a process can receive from this name.
 *
 * As {@link assertChannelName}, but a process-specific name is given up to and with its `!`: one
 * reader takes the messages of every local part behind it.
 *
 * @throws InvalidName `CHANNELS_NAME_INVALID`
 */
export function assertReceivableName(name: unknown): asserts name is string {
  assertName('receivable channel', name, RECEIVABLE_NAME, `${LETTERS}, ending at its "!" if any`);
}

/**
 * Throws unless the text can be completed to a single-reader name: `body?`.
 *
 * It has under 78 characters, so that a layer can append 22.
 *
 * @throws InvalidName `CHANNELS_NAME_INVALID`
 */
export function assertSingleReaderPattern(pattern: unknown): asserts pattern is string {
  const expected = 'ASCII letters, digits, "-", "_" and ".", under 78 characters, ending in "?"';
  const limit = NAME_LENGTH_LIMIT - COMPLETION_LENGTH;
  assertName('new channel', pattern, SINGLE_READER_PATTERN, expected, limit);
}

/**
 * Throws unless a group can have this name.
 *
 * @throws InvalidName `CHANNELS_NAME_INVALID`
 */
export function assertGroupName(name: unknown): asserts name is string {
  assertName('group', name, GROUP_NAME, LETTERS);
}

/** Cuts a process-specific name after its `!`; other names stay as they are. */
export function nonLocalName(channel: string): string {
  const mark = channel.indexOf('!');
  return mark < 0 ? channel : channel.slice(0, mark + 1);
}

/** Returns what follows the `!` of a process-specific name, or undefined without one. */
export function localName(channel: string): string | undefined {
  const mark = channel.indexOf('!');
  return mark < 0 ? undefined : channel.slice(mark + 1);
}

function assertName(
  subject: string,
  name: unknown,
  grammar: RegExp,
  expected: string,
  limit = NAME_LENGTH_LIMIT,
): void {
  const valid = typeof name === 'string' && name.length < limit && grammar.test(name);
  if (!valid) throw new InvalidName(subject, name, expected);
}
