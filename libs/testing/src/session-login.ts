import { createHmac, randomBytes } from 'node:crypto';

/** Is a store of express-session, as far as a login needs it. */
export interface SessionStore {
  set(id: string, session: never, done: (error?: unknown) => void): void;
}

/** Is what knows how users are written into sessions; passport's `Authenticator` is one. */
export interface UserSerializer {
  serializeUser(user: never, done: (error: unknown, serialized?: unknown) => void): void;
}

/** Is where a test keeps the sessions of users who are logged in without a password. */
export interface SessionLoginOptions {
  /** Is the store that the application gives to express-session. */
  readonly store: SessionStore;
  /** Is the newest secret that the application gives to express-session. */
  readonly secret: string;
  /** Is the name of the cookie; `connect.sid` if absent. */
  readonly cookieName?: string;
  /** Is the application's passport. */
  readonly passport: UserSerializer;
}

/** Puts a session of a user into the store and returns the cookie that leads to it. */
export async function sessionCookieOf(
  user: object,
  { store, secret, cookieName = 'connect.sid', passport }: SessionLoginOptions,
): Promise<[name: string, value: string]> {
  const id = randomBytes(24).toString('base64url');
  const session = { cookie: COOKIE, passport: { user: await serialized(user, passport) } };
  await new Promise<void>((resolve, reject) => {
    store.set(id, session as never, (error) => (error ? reject(error) : resolve()));
  });
  return [cookieName, `s:${signed(id, secret)}`];
}

/** Is a cookie that lasts as long as the browser does. */
const COOKIE = { originalMaxAge: null, expires: null, httpOnly: true, path: '/' };

function serialized(user: object, passport: UserSerializer): Promise<unknown> {
  return new Promise((resolve, reject) => {
    passport.serializeUser(user as never, (error, value) =>
      error ? reject(error) : resolve(value),
    );
  });
}

/** Signs as express-session does: with SHA-256 in base64 without padding. */
function signed(id: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(id).digest('base64');
  return `${id}.${signature.replace(/=+$/, '')}`;
}
