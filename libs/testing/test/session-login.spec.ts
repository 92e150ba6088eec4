import { describe, expect, it } from '@jest/globals';
import { sessionCookieOf } from '../src/session-login.js';

type Done = (error?: unknown) => void;

describe('sessionCookieOf', () => {
  it('stores what passport makes of the user, and signs the way to it', async () => {
    const stored = new Map<string, unknown>();
    const [name, value] = await sessionCookieOf(
      { id: 7, name: 'ada' },
      {
        store: {
          set: (id: string, session: never, done: Done) => done(void stored.set(id, session)),
        },
        secret: 'keyboard cat',
        passport: { serializeUser: ({ id }: { id: number }, done) => done(null, id) },
      },
    );
    const [[id, session]] = [...stored];
    expect(session).toMatchObject({ cookie: { path: '/' }, passport: { user: 7 } });
    expect(name).toBe('connect.sid');
    expect(value).toMatch(/^s:[\w-]{32}\.[\w+/]{43}$/);
    expect(value.startsWith(`s:${id}.`)).toBe(true);
  });

  it('fails as store and passport do', async () => {
    const fails = { set: (_id: string, _session: never, done: Done) => done(new Error('full')) };
    const works = { set: (_id: string, _session: never, done: Done) => done() };
    const knows = { serializeUser: (_user: never, done: Done) => done(null) };
    const knowsNot = { serializeUser: (_user: never, done: Done) => done(new Error('who?')) };
    const login = { secret: 'keyboard cat' };
    await expect(sessionCookieOf({}, { ...login, store: fails, passport: knows })).rejects.toThrow(
      'full',
    );
    await expect(
      sessionCookieOf({}, { ...login, store: works, passport: knowsNot }),
    ).rejects.toThrow('who?');
  });
});
