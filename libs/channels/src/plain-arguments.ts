import 'reflect-metadata';
import type { Message } from '@nest-channels/core';
import type { Type } from '@nestjs/common';
import { KIND, messageParameters } from './message-parameters.js';
import { PARAMETERS_METADATA } from './parameter-declaration.js';

/** Takes the arguments of a method from a message. */
export type ArgumentsReader = (message: Message) => unknown[];

interface Parameter {
  readonly index: number;
  readonly data?: unknown;
}

interface Reader extends Parameter {
  readonly kind: number;
}

const OWN_KINDS: ReadonlySet<number> = new Set(Object.values(KIND));

/**
 * Returns what reads the arguments of a method that no pipe looks at.
 *
 * Undefined for a method without parameters, or with one that a decorator of somebody else reads.
 */
export function plainArguments(type: Type, method: string): ArgumentsReader | undefined {
  const metadata = Reflect.getMetadata(PARAMETERS_METADATA, type, method) as object | undefined;
  const parameters = Object.entries(metadata ?? {}) as [string, Parameter][];
  const readers = parameters.map(([key, { index, data }]) => ({ kind: kindOf(key), index, data }));
  if (readers.length === 0 || readers.some(({ kind }) => !OWN_KINDS.has(kind))) return undefined;
  const length = Math.max(...readers.map(({ index }) => index)) + 1;
  const slots = Array.from({ length }, (_, at) => readers.find(({ index }) => index === at));
  return (message) => slots.map((reader) => reader && valueOf(reader, message));
}

function valueOf({ kind, data }: Reader, message: Message): unknown {
  return messageParameters.exchangeKeyForValue(kind, data, [message]);
}

/** Nest keeps a parameter under its kind and index; one of `createParamDecorator` is no number. */
function kindOf(key: string): number {
  return Number(key.split(':')[0]);
}
