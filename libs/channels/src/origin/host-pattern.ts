import { readOrigin, webOrigin } from '../web-origin.js';

/**
 * Is an entry of a list of allowed hosts.
 *
 * `app.example` and `[::1]` take that host, `.app.example` also all below it, with any scheme and
 * port; `app.example:8000` that port only; `https://app.example` that origin only, with its default
 * port; `*` every host. Case does not count, and names of other alphabets equal their punycode.
 */
export class HostPattern {
  readonly #takes: (origin: URL) => boolean;

  /** @throws RangeError for a text that is none of these */
  constructor(readonly source: string) {
    this.#takes = patternOf(source);
  }

  /** Tells whether an `Origin` header is taken; `null`, and what no browser writes, never is. */
  matches(header: string): boolean {
    const origin = readOrigin(header);
    return origin !== undefined && this.#takes(origin);
  }
}

function patternOf(source: string): (origin: URL) => boolean {
  if (source === '*') return () => true;
  return source.includes('://') ? originPattern(source) : hostPattern(source);
}

function originPattern(source: string): (origin: URL) => boolean {
  const expected = webOrigin(source);
  const isPlain = /^[^:]+:\/\/[^/?#@\\\s*]+$/.test(source);
  if (expected === undefined || !isPlain) throw unreadable(source);
  return ({ href }) => webOrigin(href) === expected;
}

function hostPattern(source: string): (origin: URL) => boolean {
  const isBelow = source.startsWith('.');
  const place = isBelow ? source.slice(1) : source;
  if (!/^[^/?#@\\\s*]+$/.test(place) || !URL.canParse(`http://${place}`)) throw unreadable(source);
  const { hostname } = new URL(`http://${place}`);
  const port = /:(\d+)$/.exec(place.replace(/^\[.*\]/, ''))?.[1];
  return (origin) => {
    const host = origin.hostname.toLowerCase();
    if (port !== undefined && portOf(origin) !== Number(port)) return false;
    return host === hostname || (isBelow && host.endsWith(`.${hostname}`));
  };
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

function unreadable(source: string): RangeError {
  return new RangeError(
    'expected a host like "app.example", ".app.example", "[::1]:8000" or "https://app.example", ' +
      `got ${JSON.stringify(source)}`,
  );
}
