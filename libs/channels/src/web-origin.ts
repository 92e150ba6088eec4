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
