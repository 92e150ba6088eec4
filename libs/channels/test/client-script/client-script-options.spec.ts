import { describe, expect, it } from '@jest/globals';
import { clientScriptProblems } from '../../src/client-script/client-script-options.js';

const installed = (): string => '/somewhere/channels.js';

describe('clientScriptProblems', () => {
  it('has none where nothing is to be served, or a plain path', () => {
    expect(clientScriptProblems(undefined, () => undefined)).toEqual([]);
    for (const path of ['/channels.js', '/static/v1.2/channels-client.js', '/~a/b']) {
      expect(clientScriptProblems({ path }, installed)).toEqual([]);
    }
  });

  it.each(['', '/', 'channels.js', '/:file', '/*', '/a?b', '//a', '/a b', '/(a)', undefined])(
    'finds %j to be no path',
    (path) => {
      expect(clientScriptProblems({ path: path as string }, installed)).toEqual([
        `client.path: expected a path such as /channels.js, got "${path}"`,
      ]);
    },
  );

  it('tells what to install', () => {
    expect(clientScriptProblems({ path: '/channels.js' }, () => undefined)).toEqual([
      'client: the package is missing; npm install @nest-channels/client',
    ]);
  });
});
