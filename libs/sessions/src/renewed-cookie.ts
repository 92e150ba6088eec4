import session from 'express-session';
import type { SessionRecord } from './session-data.js';

/** Returns the cookie of a record as express-session has it, its time begun anew. */
export function renewedCookie({ cookie }: SessionRecord): unknown {
  const stored = Object(cookie) as { expires?: string | Date; originalMaxAge?: number | null };
  const renewed = Object.assign(new session.Cookie(), stored, {
    expires: typeof stored.expires === 'string' ? new Date(stored.expires) : stored.expires,
  });
  renewed.originalMaxAge = stored.originalMaxAge ?? null;
  if (renewed.originalMaxAge !== null) renewed.maxAge = renewed.originalMaxAge;
  return renewed;
}
