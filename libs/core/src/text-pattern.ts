import { pathToRegexp } from 'path-to-regexp';
import { attackOn } from './backtracking.js';
import { InvalidPattern, reasonOf } from './errors.js';

/** Is what a text matched: the named parts, and what a prefix left over. */
export interface TextMatch {
  readonly captures: Readonly<Record<string, string | undefined>>;
  readonly rest: string;
}

/** Is a compiled filter over one text key of a message. */
export interface TextPattern {
  readonly key: string;
  /** Is how it was written, for logs. */
  readonly source: string;
  /** Is the same for two patterns that match the same texts under other names. */
  readonly identity: string;
  match(text: string): TextMatch | undefined;
}

/** Says whether a pattern has to match the whole text, or the start that its children continue. */
export type Extent = 'whole' | 'prefix';

/**
 * Compiles a filter.
 *
 * A text for `path` is a path pattern (`/rooms/:room`, case-sensitive, a trailing slash is
 * optional); a text for any other key has to be equal. A RegExp has to match at the start, write
 * `$` to pin the end, and captures through named groups only. One that can be made to backtrack for
 * more than linear time is refused.
 *
 * @throws InvalidPattern `CHANNELS_PATTERN_INVALID`
 */
export function compilePattern(key: string, pattern: unknown, extent: Extent): TextPattern {
  if (pattern instanceof RegExp) return regExpPattern(key, pattern);
  if (typeof pattern !== 'string') {
    throw new InvalidPattern(key, pattern, 'expected a text or a RegExp');
  }
  return key === 'path' ? pathPattern(key, pattern, extent) : literalPattern(key, pattern, extent);
}

function literalPattern(key: string, literal: string, extent: Extent): TextPattern {
  const matches = (text: string): boolean =>
    extent === 'whole' ? text === literal : text.startsWith(literal);
  const match = (text: string): TextMatch | undefined =>
    matches(text) ? { captures: {}, rest: text.slice(literal.length) } : undefined;
  return { key, source: literal, identity: JSON.stringify(literal), match };
}

function pathPattern(key: string, path: string, extent: Extent): TextPattern {
  if (!path.startsWith('/')) {
    throw new InvalidPattern(key, path, 'a path starts with "/"');
  }
  if (extent === 'prefix' && path === '/') {
    return { key, source: path, identity: '', match: (text) => ({ captures: {}, rest: text }) };
  }
  const { regexp, names } = parsePath(key, path, extent);
  const match = (text: string): TextMatch | undefined => matchPath(regexp, names, text);
  return { key, source: path, identity: regexp.source, match };
}

function parsePath(key: string, path: string, extent: Extent): { regexp: RegExp; names: string[] } {
  try {
    // A trailing slash is optional in what comes, so in the pattern it says nothing.
    const meant = path === '/' ? path : path.replace(/\/$/, '');
    const { regexp, keys } = pathToRegexp(meant, { end: extent === 'whole', sensitive: true });
    return { regexp, names: keys.map(({ name }) => name) };
  } catch (error) {
    throw new InvalidPattern(key, path, reasonOf(error), { cause: error });
  }
}

function matchPath(regexp: RegExp, names: string[], text: string): TextMatch | undefined {
  // What a prefix leaves of a path it matches as a whole is empty: the root of its children.
  const match = regexp.exec(text || '/');
  if (!match) return undefined;
  const captures = Object.create(null) as Record<string, string | undefined>;
  names.forEach((name, index) => (captures[name] ??= match[index + 1]));
  return { captures, rest: text.slice(match[0].length) };
}

function regExpPattern(key: string, pattern: RegExp): TextPattern {
  assertNamedGroupsOnly(key, pattern);
  assertLinear(key, pattern);
  const sticky = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}y`);
  const match = (text: string): TextMatch | undefined => {
    sticky.lastIndex = 0;
    const found = sticky.exec(text);
    return found ? { captures: found.groups ?? {}, rest: text.slice(found[0].length) } : undefined;
  };
  return { key, source: String(pattern), identity: withoutGroupNames(pattern), match };
}

function withoutGroupNames(pattern: RegExp): string {
  return String(pattern).replace(/\(\?<[^=!][^>]*>/g, '(');
}

function assertNamedGroupsOnly(key: string, pattern: RegExp): void {
  // An empty alternative always matches and lists every group of the pattern.
  const groups = new RegExp(`${pattern.source}|`, pattern.flags).exec('');
  // Alternatives may share a name, so the names in the result can be fewer than the groups.
  const named = [...pattern.source.matchAll(/(?<!\\)\(\?<(?![=!])/g)].length;
  if (groups && groups.length - 1 > named) {
    throw new InvalidPattern(key, pattern, 'name its groups, (?<name>…), or write (?:…)');
  }
}

/** A client chooses the text, so a pattern that backtracks is a way to stop the process. */
function assertLinear(key: string, pattern: RegExp): void {
  const attack = attackOn(pattern);
  if (attack === undefined) return;
  throw new InvalidPattern(key, pattern, `it backtracks without end on texts like ${attack}`);
}
