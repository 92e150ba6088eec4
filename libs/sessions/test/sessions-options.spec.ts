import { afterEach, describe, expect, it } from '@jest/globals';
import session from 'express-session';
import { type SessionsModuleOptions, SessionsSettings } from '../src/sessions-options.js';

const { NODE_ENV } = process.env;

afterEach(() => {
  if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
  else process.env['NODE_ENV'] = NODE_ENV;
});

const store = new session.MemoryStore();
const problemsOf = (options: Partial<SessionsModuleOptions>) =>
  new SessionsSettings({ store, secret: 'x', ...options }).problems();

describe('the options of sessions', () => {
  it('need a store and a secret', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ store: undefined, secret: undefined })).toEqual([
      'sessions.store: expected a store of express-session',
      'sessions.channelStore: expected a store of express-session',
      'sessions.secret: expected the secret of express-session',
    ]);
  });

  it('name every number that cannot work', () => {
    expect(problemsOf({ revalidateMs: 0, maxConnectionsPerSession: Number.NaN })).toEqual([
      'sessions.maxConnectionsPerSession: expected a number over 0, got NaN',
      'sessions.revalidateMs: expected a number over 0, got 0',
    ]);
  });

  it('take secrets in their order, and show none of them', () => {
    const { secrets } = new SessionsSettings({ store, secret: 'new', secrets: ['old'] });
    expect(secrets).toEqual(['new', 'old']);
    expect(problemsOf({ secret: '' })).toEqual(['sessions.secret: expected 1 characters or more']);
  });

  it('allow in production neither a store in memory nor a short secret', () => {
    process.env['NODE_ENV'] = 'production';
    expect(problemsOf({ secret: 'keyboard cat' })).toEqual([
      'sessions.store: a MemoryStore is not for production; use one that lasts',
      'sessions.channelStore: a MemoryStore is not for production; use one that lasts',
      'sessions.secret: expected 16 characters or more',
    ]);
  });

  it.each([
    ['id-1', 'id-1'],
    [7, 7],
    [{ id: 'id-1' }, 'id-1'],
    [{ name: 'ada' }, undefined],
  ])('know the user %j as %s', (serialized, id) => {
    expect(new SessionsSettings({ store, secret: 'x' }).userId(serialized)).toBe(id);
  });
});
