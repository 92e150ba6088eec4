import { sign } from 'cookie-signature';
import { describe, expect, it } from '@jest/globals';
import { type CookieTerms, SessionCookies } from '../src/session-cookies.js';
import { connectOf, messageOf } from './support/messages.js';

const SECRETS = ['the new secret', 'the old secret'];
const terms: CookieTerms = {
  cookieName: 'sid',
  secrets: SECRETS,
  cookieWithoutOrigin: false,
  sessionKeyInQuery: false,
};
const origin = 'https://app.example';
const valueOf = (id: string, secret = SECRETS[0]) => encodeURIComponent(`s:${sign(id, secret)}`);
const idIn = (cookie: string, options: Partial<CookieTerms> = {}) =>
  new SessionCookies({ ...terms, ...options }).sessionIdOf(connectOf({ origin, cookie }));

describe('the session cookie', () => {
  it.each(SECRETS)('is read when it is signed with %s', (secret) => {
    expect(idIn(`a=1; sid=${valueOf('one', secret)}; b=2`)).toBe('one');
  });

  it('is the first of several with its name, as for express-session', () => {
    expect(idIn(`sid=${valueOf('one')}; sid=${valueOf('two')}`)).toBe('one');
  });

  it.each([
    ['none at all', ''],
    ['another name', `other=${valueOf('one')}`],
    ['another key', `sid=${valueOf('one', 'a guess')}`],
    ['no signature', 'sid=s%3Aone'],
    ['an empty signature', 'sid=s%3Aone.'],
    ['a shortened signature', `sid=${valueOf('one').slice(0, -2)}`],
    ['a lengthened signature', `sid=${valueOf('one')}A`],
    ['another id before the signature', `sid=${valueOf('one').replace('one', 'two')}`],
    ['no prefix', `sid=${encodeURIComponent(sign('one', SECRETS[0]))}`],
    ['only a prefix', 'sid=s%3A'],
    ['an empty id', `sid=${valueOf('')}`],
    ['broken encoding', 'sid=%E0%A4%A'],
    ['more than a cookie may have', `sid=${valueOf('x'.repeat(5_000))}`],
  ])('is none with %s', (_what, cookie) => {
    expect(idIn(cookie)).toBeUndefined();
  });

  it('is found among 500 cookies', () => {
    const others = Array.from({ length: 500 }, (_each, at) => `c${at}=${at}`).join('; ');
    expect(idIn(`${others}; sid=${valueOf('one')}`)).toBe('one');
  });

  it('is not believed without an origin, unless that is allowed', () => {
    const message = connectOf({ cookie: `sid=${valueOf('one')}` });
    expect(new SessionCookies(terms).sessionIdOf(message)).toBeUndefined();
    const lenient = new SessionCookies({ ...terms, cookieWithoutOrigin: true });
    expect(lenient.sessionIdOf(message)).toBe('one');
  });

  it('is not looked for in a message without headers', () => {
    const cookies = new SessionCookies(terms);
    expect(cookies.sessionIdOf(messageOf('websocket.receive', { text: 'x' }))).toBeUndefined();
  });
});

describe('a session key in the query', () => {
  const query = `session_key=${valueOf('two')}`;
  const lenient = new SessionCookies({ ...terms, sessionKeyInQuery: true });

  it('counts only where it is allowed', () => {
    const message = connectOf({ origin }, query);
    expect(new SessionCookies(terms).sessionIdOf(message)).toBeUndefined();
    expect(lenient.sessionIdOf(message)).toBe('two');
  });

  it('comes after the cookie', () => {
    const message = connectOf({ origin, cookie: `sid=${valueOf('one')}` }, query);
    expect(lenient.sessionIdOf(message)).toBe('one');
  });

  it('has to be signed', () => {
    expect(lenient.sessionIdOf(connectOf({ origin }, 'session_key=two'))).toBeUndefined();
  });
});
