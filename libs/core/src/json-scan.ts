import { MalformedJson } from './errors.js';

/** Is what JSON may be made of: its size in bytes of UTF-8, its depth, and what one container holds. */
export const JSON_LIMITS = { bytes: 131_072, depth: 64, keys: 1_000, elements: 10_000 } as const;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const CLOSE_BRACE = 0x7d;

/**
 * Throws unless a text is JSON (RFC 8259) within {@link JSON_LIMITS}.
 *
 * It is read once from left to right and nothing is built of it, so that a few bytes cannot make
 * the real decoder nest without end or fill one hash table with colliding keys.
 *
 * @throws MalformedJson `CHANNELS_JSON_INVALID`, saying where
 */
export function assertJson(text: string): void {
  new JsonScan(text).document();
}

class JsonScan {
  #at = 0;

  constructor(private readonly text: string) {}

  document(): void {
    this.#value(0);
    this.#skipSpace();
    if (this.#at < this.text.length) throw this.#refusal('something follows its end');
  }

  #value(depth: number, key?: string): void {
    this.#skipSpace();
    switch (this.text[this.#at]) {
      case '"':
        return this.#string();
      case '{':
        return this.#object(this.#deeper(depth), key);
      case '[':
        return this.#array(this.#deeper(depth));
      case 't':
        return this.#word('true');
      case 'f':
        return this.#word('false');
      case 'n':
        return this.#word('null');
      default:
        return this.#number();
    }
  }

  #object(depth: number, ownKey?: string): void {
    if (this.#isEmpty(CLOSE_BRACE)) return;
    for (let keys = 1; ; keys++) {
      if (keys > JSON_LIMITS.keys) throw this.#refusal('an object has too many keys');
      const key = this.#key(ownKey);
      this.#take(COLON, '":"');
      this.#value(depth, key);
      if (this.#isLast(CLOSE_BRACE, '"," or "}"')) return;
    }
  }

  #array(depth: number): void {
    if (this.#isEmpty(CLOSE_BRACKET)) return;
    for (let elements = 1; ; elements++) {
      if (elements > JSON_LIMITS.elements) throw this.#refusal('an array is too long');
      this.#value(depth);
      if (this.#isLast(CLOSE_BRACKET, '"," or "]"')) return;
    }
  }

  #deeper(depth: number): number {
    if (depth < JSON_LIMITS.depth) return depth + 1;
    throw this.#refusal(`it is nested deeper than ${JSON_LIMITS.depth}`);
  }

  /** Refuses the keys through which careless merging reaches the prototype of all objects. */
  #key(ownKey?: string): string {
    this.#skipSpace();
    const start = this.#at;
    if (this.text.charCodeAt(start) !== QUOTE) throw this.#refusal('a key is missing');
    this.#string();
    const raw = this.text.slice(start + 1, this.#at - 1);
    const key = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
    const isDangerous = key === '__proto__' || (key === 'prototype' && ownKey === 'constructor');
    if (isDangerous) throw this.#refusal(`the key ${key} is not allowed`, start);
    return key;
  }

  #string(): void {
    const { text } = this;
    let at = this.#at + 1;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      // Also true past the end, where the code is not a number.
      if (!(code >= 0x20)) throw this.#refusal('a text is not closed', at);
      at += code === BACKSLASH ? this.#escapeLength(at) : 1;
    }
    this.#at = at + 1;
  }

  #escapeLength(at: number): number {
    const { text } = this;
    if (text[at + 1] === 'u' && /^[\da-f]{4}$/i.test(text.slice(at + 2, at + 6))) return 6;
    if (/^["\\/bfnrt]$/.test(text.charAt(at + 1))) return 2;
    throw this.#refusal('an escape is unknown', at);
  }

  #number(): void {
    const start = this.#at;
    if (this.text.charCodeAt(start) === MINUS) this.#at++;
    const isZero = this.text[this.#at] === '0';
    if (isZero) this.#at++;
    else this.#digits(start);
    if (this.text.charCodeAt(this.#at) === DOT) {
      this.#at++;
      this.#digits(start);
    }
    if (this.text[this.#at] === 'e' || this.text[this.#at] === 'E') this.#exponent(start);
  }

  #exponent(start: number): void {
    this.#at++;
    if (this.text[this.#at] === '+' || this.text[this.#at] === '-') this.#at++;
    this.#digits(start);
  }

  #digits(start: number): void {
    const first = this.#at;
    while (isDigit(this.text.charCodeAt(this.#at))) this.#at++;
    if (this.#at === first) throw this.#refusal('a value was expected', start);
  }

  #word(word: string): void {
    if (!this.text.startsWith(word, this.#at)) throw this.#refusal('a value was expected');
    this.#at += word.length;
  }

  #isEmpty(close: number): boolean {
    this.#at++;
    return this.#closes(close);
  }

  #isLast(close: number, expected: string): boolean {
    if (this.#closes(close)) return true;
    this.#take(COMMA, expected);
    return false;
  }

  #closes(close: number): boolean {
    this.#skipSpace();
    const isClosed = this.text.charCodeAt(this.#at) === close;
    if (isClosed) this.#at++;
    return isClosed;
  }

  #take(code: number, expected: string): void {
    this.#skipSpace();
    if (this.text.charCodeAt(this.#at) !== code) throw this.#refusal(`${expected} was expected`);
    this.#at++;
  }

  #skipSpace(): void {
    while (isSpace(this.text.charCodeAt(this.#at))) this.#at++;
  }

  #refusal(problem: string, position = this.#at): MalformedJson {
    return new MalformedJson(problem, position);
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
