import { types } from 'node:util';
import { InvalidContent } from './errors.js';

/**
 * Is what a message carries: a plain object of values that any layer can move.
 *
 * Values are text, finite numbers, 64-bit integers as `bigint`, booleans, `null`, bytes
 * (`Uint8Array`, `Buffer`), arrays and plain objects of these, nested at most 64 deep.
 */
export type Content = Readonly<Record<string, unknown>>;

/** Is how deep content may be nested. */
export const CONTENT_DEPTH_LIMIT = 64;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Copies content, so that later changes by the sender cannot reach the message.
 *
 * @throws InvalidContent `CHANNELS_CONTENT_INVALID` for anything but {@link Content}, naming its path
 */
export function snapshot(content: unknown): Content {
  if (!isPlainObject(content)) {
    throw new InvalidContent('the message', `expected a plain object, got ${kindOf(content)}`);
  }
  return copyObject(content, ['content']);
}

function copyValue(value: unknown, trail: (string | number)[]): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      throw refusal(trail, `${value} is not a finite number`);
    case 'bigint':
      if (value >= INT64_MIN && value <= INT64_MAX) return value;
      throw refusal(trail, `${value} does not fit into 64 bits`);
    case 'object':
      return value === null ? null : copyCompound(value, trail);
    default:
      throw refusal(trail, `expected a value that can be encoded, got ${kindOf(value)}`);
  }
}

function copyCompound(value: object, trail: (string | number)[]): unknown {
  if (types.isUint8Array(value)) return Buffer.from(value);
  if (trail.length > CONTENT_DEPTH_LIMIT) {
    throw refusal(trail, `it is circular or nested deeper than ${CONTENT_DEPTH_LIMIT}`);
  }
  if (Array.isArray(value)) return copyArray(value, trail);
  if (isPlainObject(value)) return copyObject(value, trail);
  throw refusal(trail, `expected a plain object, got ${kindOf(value)}; send the values it holds`);
}

function copyArray(values: readonly unknown[], trail: (string | number)[]): unknown[] {
  const copy: unknown[] = [];
  for (let index = 0; index < values.length; index++) {
    trail.push(index);
    copy.push(copyValue(values[index], trail));
    trail.pop();
  }
  return copy;
}

function copyObject(
  value: Record<string, unknown>,
  trail: (string | number)[],
): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    trail.push(key);
    // Assigning this key would set the prototype of the copy instead of a property.
    if (key === '__proto__') throw refusal(trail, 'this key is not allowed');
    copy[key] = copyValue(value[key], trail);
    trail.pop();
  }
  return copy;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A plain object of another realm (a worker, a test sandbox) has that realm's Object.prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function refusal(trail: readonly (string | number)[], problem: string): InvalidContent {
  const [root, ...steps] = trail;
  const path = steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
  return new InvalidContent(`${root}${path.join('')}`, problem);
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' ? `an instance of ${name}` : 'an object';
}
