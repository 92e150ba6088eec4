import { afterEach, describe, expect, it } from '@jest/globals';
import { AllowedHosts, hostProblems } from '../../src/origin/allowed-hosts.js';

const { NODE_ENV } = process.env;

afterEach(() => {
  if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
  else process.env['NODE_ENV'] = NODE_ENV;
});

describe('AllowedHosts', () => {
  it('has what one of its entries takes', () => {
    const hosts = new AllowedHosts(['app.example', '.example.org']);
    const origins = ['https://app.example', 'https://www.example.org', 'https://evil.example'];
    expect(origins.map((origin) => hosts.has(origin))).toEqual([true, true, false]);
  });

  it.each([
    ['development', true],
    ['production', false],
  ])('without entries has this machine in %s: %p', (environment, expected) => {
    process.env['NODE_ENV'] = environment;
    const hosts = new AllowedHosts();
    const origins = ['http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:8000'];
    expect(origins.map((origin) => hosts.has(origin))).toEqual(origins.map(() => expected));
    expect(hosts.has('https://app.example')).toBe(false);
  });
});

describe('hostProblems', () => {
  it('describes each entry that cannot be read, and where it is', () => {
    expect(hostProblems('allowedHosts', ['app.example', '*.app.example', ''])).toEqual([
      expect.stringMatching(/^allowedHosts: expected a host like .*got "\*\.app\.example"$/),
      expect.stringMatching(/^allowedHosts: .*got ""$/),
    ]);
  });
});
