import { describe, expect, it } from '@jest/globals';
import { transferUser } from '@nest-channels/sessions';
import { logOut, serializedUserOf, SessionUsers } from '../src/session-users.js';
import { connectOf } from './support/messages.js';

type Done = (error: unknown, user?: unknown) => void;

const session = { passport: { user: 'id-1' } };
const usersOf = (deserializeUser: (id: unknown, request: never, done: Done) => void) =>
  new SessionUsers({ deserializeUser });

describe('who is logged in in a session', () => {
  it('is what passport left there', () => {
    expect(serializedUserOf(session)).toBe('id-1');
    for (const anonymous of [undefined, {}, { passport: {} }, { passport: null }]) {
      expect(serializedUserOf(anonymous)).toBeUndefined();
    }
  });

  it('is transferred, but nobody is logged out by it', () => {
    const to: Record<string, unknown> = {};
    transferUser(session, to);
    transferUser({}, to);
    transferUser(undefined, to);
    transferUser(session, undefined);
    expect(to).toEqual({ passport: { user: 'id-1' } });
    logOut(to);
    expect(to).toEqual({});
  });
});

describe('the user of a session', () => {
  it('is looked up by passport, which gets the handshake and the session', async () => {
    const users = usersOf((id, request, done) => done(null, { id, request }));
    const user = await users.userOf(session, connectOf({ host: 'app.example' }));
    expect(user).toMatchObject({
      id: 'id-1',
      request: { session, headers: { host: 'app.example' } },
    });
  });

  it('is null for an anonymous session, without a look-up', async () => {
    const users = usersOf(() => {
      throw new Error('looked up');
    });
    expect(await users.userOf({})).toBeNull();
  });

  it.each([false, null, undefined])('is null when passport finds %s', async (found) => {
    expect(await usersOf((_id, _request, done) => done(null, found)).userOf(session)).toBeNull();
  });

  it.each<[string, (done: Done) => void]>([
    ['fails', (done) => done(new TypeError('password=secret'))],
    [
      'throws',
      () => {
        throw new TypeError('password=secret');
      },
    ],
  ])('is an error when passport %s, without a word of what it said', async (_how, act) => {
    const failure = await usersOf((_id, _request, done) => act(done))
      .userOf(session)
      .catch(String);
    expect(failure).toContain('TypeError');
    expect(failure).not.toContain('secret');
  });
});
