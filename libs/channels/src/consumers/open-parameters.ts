import 'reflect-metadata';
import type { Message } from '@nest-channels/core';
import type { Type } from '@nestjs/common';
import { KIND } from '../message-parameters.js';
import { PARAMETERS_METADATA } from '../parameter-declaration.js';

const TYPES_METADATA = 'design:paramtypes';

/** Is whose method runs, and for which message. */
export interface Turn {
  readonly self: object;
  readonly message: Message;
}

/** Tells whether decorators say what the parameters of a method are. */
export function hasParameters(type: Type, method: string): boolean {
  return Object.keys(parametersOf(type, method)).length > 0;
}

/**
 * Declares the parameters of a method once more, with the {@link Turn} behind them.
 *
 * Nest's pipeline binds a method to one instance when it is made; with this parameter the one
 * behind it can find the instance of the message at hand.
 *
 * @returns the name under which the parameters stand; that of no method
 */
export function declareOpenParameters(type: Type, method: string): string {
  const name = `open:${method}`;
  const declared = parametersOf(type, method);
  const indexes = Object.values(declared).map(({ index }) => index);
  const index = Math.max(-1, ...indexes) + 1;
  const turn = { index, data: undefined, pipes: [] };
  const all = { ...declared, [`${KIND.turn}:${index}`]: turn };
  Reflect.defineMetadata(PARAMETERS_METADATA, all, type, name);
  const prototype = type.prototype as object;
  const types = Reflect.getMetadata(TYPES_METADATA, prototype, method) as unknown;
  if (types) Reflect.defineMetadata(TYPES_METADATA, types, prototype, name);
  return name;
}

function parametersOf(type: Type, method: string): Record<string, { index: number }> {
  const declared: unknown = Reflect.getMetadata(PARAMETERS_METADATA, type, method);
  return (declared ?? {}) as Record<string, { index: number }>;
}
