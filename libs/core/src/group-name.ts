import { InvalidName } from './errors.js';
import { assertGroupName } from './names.js';

const BEYOND_LETTERS_AND_DIGITS = /[^A-Za-z0-9]/gu;

/**
 * Returns a name of a group that holds what users wrote: ``groupName`room-${room}` ``.
 *
 * ASCII letters and digits of a value stay, each other byte of its UTF-8 becomes `_` and two hex
 * digits. So a value cannot hold what stands between values, and two different lists of values
 * never make one name.
 *
 * @throws InvalidName `CHANNELS_NAME_INVALID` for a name over 99 characters, or a template with no
 *   "-" or "." between two values
 */
export function groupName(
  template: TemplateStringsArray,
  ...values: readonly (string | number)[]
): string {
  const isApart = template.slice(1, -1).every((between) => /[.-]/.test(between));
  if (!isApart) throw new InvalidName('group', template.join('…'), '"-" or "." between values');
  const name = String.raw({ raw: template }, ...values.map(escaped));
  assertGroupName(name);
  return name;
}

function escaped(value: string | number): string {
  return String(value).replaceAll(BEYOND_LETTERS_AND_DIGITS, inHex);
}

function inHex(character: string): string {
  const bytes = Array.from(Buffer.from(character), (byte) => byte.toString(16).padStart(2, '0'));
  return bytes.map((byte) => `_${byte}`).join('');
}
