import { types } from 'node:util';
import { InvalidContent } from './errors.js';

/**
 * Is what a message carries: a plain object of values that any layer can move.
 *
 * Values are well-formed text, finite numbers, 64-bit integers as `bigint`, booleans, `null`, bytes
 * (`Uint8Array`, `Buffer`), arrays and plain objects of these, nested at most 64 deep.
 */
export type Content = Readonly<Record<string, unknown>>;

/** Is how deep content may be nested. */
export const CONTENT_DEPTH_LIMIT = 64;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Is a copy of content, and how many bytes it takes at most when it is encoded. */
export interface Snapshot {
  readonly content: Content;
  readonly sizeBound: number;
}

/**
 * Copies content, so that later changes by the sender cannot reach the message.
 *
 * @throws InvalidContent `CHANNELS_CONTENT_INVALID` for anything but {@link Content}, naming its path
 */
export function snapshot(content: unknown): Content {
  return measuredSnapshot(content).content;
}

/**
 * Copies content and bounds its encoded size on the way.
 *
 * @throws InvalidContent `CHANNELS_CONTENT_INVALID` for anything but {@link Content}, naming its path
 */
export function measuredSnapshot(content: unknown): Snapshot {
  if (!isPlainObject(content)) {
    throw new InvalidContent('the message', `expected a plain object, got ${kindOf(content)}`);
  }
  const copier = new Copier();
  const copy = copier.copyObject(content);
  return { content: copy, sizeBound: copier.sizeBound };
}

/** The longest header of a MessagePack value, and the most bytes a UTF-16 unit takes in UTF-8. */
const HEADER_BYTES = 5;
const UNIT_BYTES = 3;
const NUMBER_BYTES = 9;

class Copier {
  sizeBound = 0;
  readonly #trail: (string | number)[] = ['content'];

  copyObject(value: Record<string, unknown>): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    this.sizeBound += HEADER_BYTES;
    for (const key of Object.keys(value)) {
      this.#trail.push(key);
      // Assigning this key would set the prototype of the copy instead of a property.
      if (key === '__proto__') throw this.#refusal('this key is not allowed');
      this.sizeBound += HEADER_BYTES + UNIT_BYTES * key.length;
      copy[key.toWellFormed()] = this.#copyValue(value[key]);
      this.#trail.pop();
    }
    return copy;
  }

  #copyValue(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        this.sizeBound += HEADER_BYTES + UNIT_BYTES * value.length;
        // Half a surrogate pair cannot be encoded; it becomes U+FFFD here and not on some layers.
        return value.toWellFormed();
      case 'boolean':
        this.sizeBound += 1;
        return value;
      case 'number':
      case 'bigint':
        this.sizeBound += NUMBER_BYTES;
        return this.#copyNumber(value);
      case 'object':
        return value === null ? this.#copyNull() : this.#copyCompound(value);
      default:
        throw this.#refusal(`expected a value that can be encoded, got ${kindOf(value)}`);
    }
  }

  #copyNull(): null {
    this.sizeBound += 1;
    return null;
  }

  #copyNumber(value: number | bigint): number | bigint {
    if (typeof value === 'number') {
      // MessagePack has no negative zero among its integers: the sum makes it positive.
      if (Number.isFinite(value)) return value + 0;
      throw this.#refusal(`${value} is not a finite number`);
    }
    if (value >= INT64_MIN && value <= INT64_MAX) return value;
    throw this.#refusal(`${value} does not fit into 64 bits`);
  }

  #copyCompound(value: object): unknown {
    if (types.isUint8Array(value)) {
      this.sizeBound += HEADER_BYTES + value.length;
      return Buffer.from(value);
    }
    if (this.#trail.length > CONTENT_DEPTH_LIMIT) {
      throw this.#refusal(`it is circular or nested deeper than ${CONTENT_DEPTH_LIMIT}`);
    }
    if (Array.isArray(value)) return this.#copyArray(value);
    if (isPlainObject(value)) return this.copyObject(value);
    const kind = kindOf(value);
    throw this.#refusal(`expected a plain object, got ${kind}; send the values it holds`);
  }

  #copyArray(values: readonly unknown[]): unknown[] {
    const copy: unknown[] = [];
    this.sizeBound += HEADER_BYTES;
    for (let index = 0; index < values.length; index++) {
      this.#trail.push(index);
      copy.push(this.#copyValue(values[index]));
      this.#trail.pop();
    }
    return copy;
  }

  #refusal(problem: string): InvalidContent {
    const [root, ...steps] = this.#trail;
    const path = steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
    return new InvalidContent(`${root}${path.join('')}`, problem);
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A plain object of another realm (a worker, a test sandbox) has that realm's Object.prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' ? `an instance of ${name}` : 'an object';
}
