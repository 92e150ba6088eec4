import type { Message } from '@nest-channels/core';
import { UserLookupFailed } from './errors.js';
import { handshakeRequest } from './handshake-request.js';
import type { ConnectionUser } from './session-data.js';

/** Is where passport keeps its part of a session. */
const PASSPORT = 'passport';

/** Is what users need of passport; an `Authenticator` has it. */
export interface UserDeserializer {
  deserializeUser(
    serialized: unknown,
    request: never,
    done: (error: unknown, user?: unknown) => void,
  ): void;
}

/** Returns what passport's `serializeUser` left in a session; undefined for an anonymous one. */
export function serializedUserOf(session: object | undefined): unknown {
  const part = (session as Record<string, unknown> | undefined)?.[PASSPORT];
  return (Object(part) as { user?: unknown }).user ?? undefined;
}

/**
 * Copies who is logged in from one session to another, as passport keeps it.
 *
 * Nothing is copied from an anonymous session, and nobody is logged out by it.
 */
export function transferUser(
  from: object | undefined,
  to: Record<string, unknown> | undefined,
): void {
  const user = serializedUserOf(from);
  if (user !== undefined && to) to[PASSPORT] = { user };
}

/** Forgets who is logged in in a session. */
export function logOut(session: Record<string, unknown>): void {
  delete session[PASSPORT];
}

/** Finds the users behind sessions, by passport's own `deserializeUser`. */
export class SessionUsers {
  constructor(private readonly passport: UserDeserializer) {}

  /**
   * Returns the user of a session, or null where nobody is logged in or the user is gone.
   *
   * A deserializer with three parameters gets the handshake, with this session.
   *
   * @param message is absent where a session is looked at again, between messages
   * @throws UserLookupFailed `CHANNELS_SESSION_USER_FAILED`
   */
  async userOf(session: object | undefined, message?: Message): Promise<ConnectionUser | null> {
    const serialized = serializedUserOf(session);
    if (serialized === undefined) return null;
    const request = { ...(message && handshakeRequest(message)), session };
    const user = await new Promise((resolve, reject) => {
      try {
        this.passport.deserializeUser(serialized, request as never, (error, found) =>
          error ? reject(failureOf(error)) : resolve(found),
        );
      } catch (error) {
        reject(failureOf(error));
      }
    });
    return user || null;
  }
}

function failureOf(error: unknown): UserLookupFailed {
  return new UserLookupFailed(error instanceof Error ? error.name : typeof error, { cause: error });
}
