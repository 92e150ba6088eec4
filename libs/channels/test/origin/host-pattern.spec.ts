import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { HostPattern } from '../../src/origin/host-pattern.js';

describe('HostPattern', () => {
  it.each([
    ['app.example', 'https://app.example'],
    ['app.example', 'http://app.example:8000'],
    ['App.Example', 'http://APP.example'],
    ['app.example:8000', 'http://app.example:8000'],
    ['app.example:443', 'https://app.example'],
    ['app.example:80', 'http://app.example'],
    ['.app.example', 'https://app.example'],
    ['.app.example', 'https://www.app.example'],
    ['.app.example:8443', 'https://a.b.app.example:8443'],
    ['https://app.example', 'https://app.example'],
    ['https://app.example', 'https://app.example:443'],
    ['https://app.example:8443', 'https://app.example:8443'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['localhost', 'capacitor://localhost'],
    ['127.0.0.1', 'http://127.0.0.1:3000'],
    ['[::1]', 'http://[::1]:3000'],
    ['[::1]:3000', 'http://[::1]:3000'],
    ['[2001:DB8:0:0::1]', 'http://[2001:db8::1]'],
    ['münchen.example', 'https://xn--mnchen-3ya.example'],
    ['xn--mnchen-3ya.example', 'https://xn--mnchen-3ya.example'],
    ['*', 'https://anything.example:1'],
  ])('%s takes %s', (pattern, origin) => {
    expect(new HostPattern(pattern).matches(origin)).toBe(true);
  });

  it.each([
    ['another host', 'app.example', 'https://evil.example'],
    ['a host that ends the same', 'app.example', 'https://evil-app.example'],
    ['a host that ends the same, below', '.app.example', 'https://evilapp.example'],
    ['a host that begins the same', 'app.example', 'https://app.example.evil'],
    ['a host below', 'app.example', 'https://www.app.example'],
    ['a trailing dot', 'app.example', 'https://app.example.'],
    ['another port', 'app.example:8000', 'http://app.example:8001'],
    ['another scheme', 'https://app.example', 'http://app.example'],
    ['another port than the default', 'https://app.example', 'https://app.example:8443'],
    ['the scheme of an application', 'https://localhost', 'capacitor://localhost'],
    ['another host of IPv6', '[::1]', 'http://[::2]'],
    ['a user', 'app.example', 'https://app.example@evil.example'],
    ['the right host with a user', 'app.example', 'https://me@app.example'],
    ['a path', 'app.example', 'https://app.example/'],
    ['two origins', 'app.example', 'https://app.example, https://evil.example'],
    ['the same twice', 'app.example', 'https://app.example https://app.example'],
    ['letters of other alphabets', 'münchen.example', 'https://münchen.example'],
    ['a host without a scheme', 'localhost', 'localhost'],
    ['a host after slashes', 'localhost', '//localhost'],
    ['null', '*', 'null'],
    ['nothing', '*', ''],
    ['a file', '*', 'file:///etc/passwd'],
    ['no host', '*', 'https://'],
  ])('takes nothing with %s: %s of %s', (_what, pattern, origin) => {
    expect(new HostPattern(pattern).matches(origin)).toBe(false);
  });

  it.each([
    '',
    '.',
    '*.app.example',
    'app.example/path',
    'https://app.example/',
    'https://app.example/path',
    'https://me@app.example',
    'app example',
    'https://',
    'app.example:port',
    'null/',
  ])('cannot be %j', (source) => {
    expect(() => new HostPattern(source)).toThrow(/^expected a host like "app\.example"/);
  });

  it('takes what a plain comparison of names takes, and nothing else', () => {
    const label = fc.constantFrom('app', 'evil', 'www', 'example', 'org', 'a-b');
    const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
    const port = fc.option(fc.constantFrom(80, 443, 8000), { nil: undefined });
    const scheme = fc.constantFrom('http', 'https');
    const place = (name: string, number?: number): string =>
      number === undefined ? name : `${name}:${number}`;
    fc.assert(
      fc.property(
        fc.record({ host, port, below: fc.boolean() }),
        fc.record({ host, port, scheme }),
        (pattern, page) => {
          const source = `${pattern.below ? '.' : ''}${place(pattern.host, pattern.port)}`;
          const origin = `${page.scheme}://${place(page.host, page.port)}`;
          const pagePort = page.port ?? (page.scheme === 'https' ? 443 : 80);
          const isHost =
            page.host === pattern.host || (pattern.below && page.host.endsWith(`.${pattern.host}`));
          const isPort = pattern.port === undefined || pattern.port === pagePort;
          expect(new HostPattern(source).matches(origin)).toBe(isHost && isPort);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
