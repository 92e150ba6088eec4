import { describe, expect, it } from '@jest/globals';
import { ForeignPaths } from '../../src/server/foreign-paths.js';

const foreign = new ForeignPaths([
  { path: '/gateway', extent: 'itself' },
  { path: '/socket.io', extent: 'all below' },
]);

describe('ForeignPaths', () => {
  it.each(['/gateway', '/gateway?a=/b', '/socket.io', '/socket.io/', '/socket.io/a?b'])(
    'has %s',
    (target) => {
      expect(foreign.has(target)).toBe(true);
    },
  );

  it.each([
    '/',
    '/gateway/',
    '/gateway/a',
    '/gateways',
    '/GATEWAY',
    '/%67ateway',
    '/a/../gateway',
    '//gateway',
    '/socket.io2',
    '/?/gateway',
    'http://localhost/gateway',
    '',
  ])('has no %j', (target) => {
    expect(foreign.has(target)).toBe(false);
  });

  it('has everything below the root', () => {
    expect(new ForeignPaths([{ path: '/', extent: 'all below' }]).has('/a')).toBe(true);
    expect(new ForeignPaths([{ path: '/', extent: 'itself' }]).has('/a')).toBe(false);
  });

  it('knows that it is empty', () => {
    expect([new ForeignPaths([]).isEmpty, foreign.isEmpty]).toEqual([true, false]);
  });
});
