/** Is what could end a line, move a cursor or turn the direction of a text (Unicode classes). */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Is how many bytes one UTF-16 unit becomes at most: `\u001b`. */
const MAX_UNIT_BYTES = 6;

/** Returns a text that somebody else wrote as it may stand in a log: in quotes, escaped and cut. */
export function quote(text: string, maxBytes = 200): string {
  return escape(JSON.stringify(clip(text, maxBytes)));
}

/** Returns a text whose unprintable characters are written as `\u` and four digits. */
export function escape(text: string): string {
  return text.replace(UNPRINTABLE, escapeCharacter);
}

/** Cuts a text whose quoted form would be over this many bytes, and ends it with `…` then. */
export function clip(text: string, maxBytes: number): string {
  if (text.length * MAX_UNIT_BYTES <= maxBytes) return text;
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(escape(JSON.stringify(character))) - 2;
    if (bytes > maxBytes) return `${text.slice(0, end)}…`;
    end += character.length;
  }
  return text;
}

function escapeCharacter(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
