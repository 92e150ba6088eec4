/**
 * Returns a `Cookie` header that carries these values; undefined for none.
 *
 * Values are percent-encoded where RFC 6265 §4.1.1 has no place for a character of them.
 */
export function cookieHeader(cookies: Readonly<Record<string, string>>): string | undefined {
  const pairs = Object.entries(cookies).map(([name, value]) => `${name}=${encoded(value)}`);
  return pairs.length > 0 ? pairs.join('; ') : undefined;
}

/** Returns the cookies that an answer sets, by name; one that it takes back is null. */
export function cookiesOf(setCookies: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(setCookies.map(readCookie));
}

/** Who takes a cookie back lets it expire at once, or at the beginning of time. */
const TAKES_BACK = /^\s*(max-age=(0|-\d+)|expires=.* 1970 .*)\s*$/i;

function readCookie(line: string): [name: string, value: string | null] {
  const [pair, ...attributes] = line.split(';');
  const at = pair.indexOf('=');
  const isGone = attributes.some((attribute) => TAKES_BACK.test(attribute));
  return [pair.slice(0, at).trim(), isGone ? null : decodeURIComponent(pair.slice(at + 1).trim())];
}

function encoded(value: string): string {
  return value.replace(/[^!#$&-+\--:<-[\]-~]|%/g, (character) => encodeURIComponent(character));
}
