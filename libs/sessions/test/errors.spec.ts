import { describe, expect, it } from '@jest/globals';
import {
  SessionLocked,
  SessionStoreFailed,
  SessionUnopened,
  UserLookupFailed,
} from '@nest-channels/sessions';

describe('the errors of sessions', () => {
  it.each([
    [new SessionLocked(5), 'CHANNELS_SESSION_LOCKED', 'within 5 ms'],
    [new SessionStoreFailed('it is down'), 'CHANNELS_SESSION_STORE_FAILED', 'it is down'],
    [new SessionUnopened('user', '@HttpSessionUser()'), 'CHANNELS_SESSION_UNOPENED', '@HttpSess'],
    [new UserLookupFailed('TypeError'), 'CHANNELS_SESSION_USER_FAILED', 'TypeError'],
  ])('say what happened: %s', (error, code, text) => {
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });
});
