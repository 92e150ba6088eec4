import { describe, expect, it } from '@jest/globals';
import { renewedCookie } from '../src/renewed-cookie.js';

interface Renewed {
  readonly expires: Date | null;
  readonly originalMaxAge: number | null;
  readonly path: string;
}

describe('the cookie of a record that is saved again', () => {
  it('lasts as long as it did at first, from now on', () => {
    const stored = { originalMaxAge: 60_000, expires: '2020-01-01T00:00:00.000Z', path: '/app' };
    const { expires, originalMaxAge, path } = renewedCookie({ cookie: stored }) as Renewed;
    expect([originalMaxAge, path]).toEqual([60_000, '/app']);
    expect(expires!.getTime()).toBeGreaterThan(Date.parse('2025-01-01'));
  });

  it.each([[{ originalMaxAge: null, expires: null }], [undefined]])(
    'lasts as long as the browser, if it did: %j',
    (cookie) => {
      expect(renewedCookie({ cookie })).toMatchObject({ originalMaxAge: null });
    },
  );
});
