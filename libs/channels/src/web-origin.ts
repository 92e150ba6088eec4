/** Is an origin as browsers write it (RFC 6454 §6.2), in ASCII: no user, no path. */
const SERIALIZED = /^[a-z][a-z0-9+.-]*:\/\/[\w.:[\]-]+$/i;

/**
 * Returns the origin of a text in its normal form: scheme, host, and port unless it is the default.
 *
 * Unlike `URL.origin` it tells schemes of applications apart (`capacitor://localhost`). Undefined
 * for what is no URL or has no host, such as `null` and `file://`.
 */
export function webOrigin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.host ? `${url.protocol}//${url.host}` : undefined;
}

/** Reads the value of an `Origin` header; undefined for what no browser writes, and for `null`. */
export function readOrigin(header: string): URL | undefined {
  const isOrigin = SERIALIZED.test(header) && webOrigin(header) !== undefined;
  return isOrigin ? new URL(header) : undefined;
}
