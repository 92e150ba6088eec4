import assert from 'node:assert/strict';
import { types } from 'node:util';
import {
  ChannelFull,
  InvalidName,
  LayerUnavailable,
  type Received,
  TooManyGroups,
} from '@nest-channels/core';

/** Rebuilds a value for comparison: layers may differ in the kind of their bytes and objects. */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (types.isUint8Array(value)) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return Array.from(value, plain);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

/** Asserts that two values are the same, whatever realm or class of bytes they are of. */
export function assertSame(actual: unknown, expected: unknown, message?: string): void {
  assert.deepEqual(plain(actual), plain(expected), message);
}

/** Asserts that two lists hold the same texts, in any order. */
export function assertSameMembers(actual: readonly string[], expected: readonly string[]): void {
  assert.deepEqual(Array.from(actual).toSorted(), Array.from(expected).toSorted());
}

/** Lists the `id` of each message. */
export function idsOf(messages: readonly Received[]): unknown[] {
  return messages.map(({ content }) => content['id']);
}

/** Asserts which messages came, by their ids and in this order. */
export function assertIds(messages: readonly Received[], ids: readonly unknown[]): void {
  assert.deepEqual(idsOf(Array.from(messages)), ids);
}

/** Asserts what came, as pairs of the names it was sent to and its id. */
export function assertCame(
  messages: readonly Received[],
  expected: readonly (readonly [channel: string, id: unknown])[],
): void {
  const came = messages.map(({ channels, content }) => [...channels, content['id']]);
  assertSame(came, expected);
}

/** Is what an error is called that a layer has to throw. */
export type LayerError = 'ChannelFull' | 'InvalidName' | 'LayerUnavailable' | 'TooManyGroups';

/** Asserts that a promise rejects with an error of the code that this error has. */
export async function assertRejects(name: LayerError, promise: Promise<unknown>): Promise<void> {
  const outcome = await promise.then(
    () => 'no error',
    (error: unknown) => codeIn(error),
  );
  assert.equal(outcome, codeOf(name));
}

/** Asserts that a call throws an error of the code that this error has, at once. */
export function assertThrows(name: LayerError, call: () => unknown): void {
  let outcome: unknown = 'no error';
  try {
    call();
  } catch (error) {
    outcome = codeIn(error);
  }
  assert.equal(outcome, codeOf(name));
}

/** Returns the code and not the class: a layer may have a copy of core of its own. */
function codeOf(name: LayerError): string {
  if (name === 'ChannelFull') return new ChannelFull('any', 1).code;
  if (name === 'InvalidName') return new InvalidName('any', '', '').code;
  if (name === 'TooManyGroups') return new TooManyGroups('any', 1).code;
  return new LayerUnavailable('').code;
}

function codeIn(error: unknown): unknown {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode ? error.code : error;
}
