import { assertReceivableName } from './names.js';
import { compilePattern, type TextPattern } from './text-pattern.js';

/** Is one pattern per key of the content; text keys only, a message without the key never matches. */
export type Filters = Readonly<Record<string, string | RegExp>>;

/** Is a handler with the channels and filters that lead to it. */
export interface Route<Handler> {
  readonly kind: 'route';
  readonly channels: readonly string[];
  readonly filters: readonly TextPattern[];
  readonly handler: Handler;
}

/** Is a list of routes behind common prefixes. */
export interface Include<Handler> {
  readonly kind: 'include';
  readonly prefixes: readonly TextPattern[];
  readonly routes: readonly Routable<Handler>[];
}

/** Is anything a routing list can hold. */
export type Routable<Handler> = Route<Handler> | Include<Handler>;

/**
 * Routes messages of one or more channels to a handler, if every filter matches.
 *
 * @throws InvalidName `CHANNELS_NAME_INVALID`
 * @throws InvalidPattern `CHANNELS_PATTERN_INVALID`
 */
export function route<Handler>(
  channels: string | readonly string[],
  handler: Handler,
  filters: Filters = {},
): Route<Handler> {
  const names = typeof channels === 'string' ? [channels] : [...channels];
  for (const name of names) assertReceivableName(name);
  return { kind: 'route', channels: names, filters: compile(filters, 'whole'), handler };
}

/**
 * Puts routes behind prefixes.
 *
 * Each prefix has to match at the start of its key; the children see what follows it, the handler
 * gets the message as it came. Captures are merged, the innermost wins.
 *
 * @throws InvalidPattern `CHANNELS_PATTERN_INVALID`
 */
export function include<Handler>(
  routes: readonly Routable<Handler>[],
  prefixes: Filters = {},
): Include<Handler> {
  return { kind: 'include', prefixes: compile(prefixes, 'prefix'), routes };
}

function compile(filters: Filters, extent: 'whole' | 'prefix'): TextPattern[] {
  return Object.entries(filters).map(([key, pattern]) => compilePattern(key, pattern, extent));
}
