import { describe, expect, it } from '@jest/globals';
import { coalesce } from '../src/outbound-policy.js';
import { SERVER_DEFAULTS, type ServerOptions, serverProblems } from '../src/server-options.js';

describe('SERVER_DEFAULTS', () => {
  it('limits everything but what the system limits and what only an application can know', () => {
    const unlimited = Object.entries(SERVER_DEFAULTS).filter(([, value]) => value === Infinity);
    expect(unlimited.map(([key]) => key)).toEqual(['maxConnections', 'maxFramesPerSecond']);
  });
});

describe('serverProblems', () => {
  const problemsOf = (options: object): string[] =>
    serverProblems({ ...SERVER_DEFAULTS, ...(options as ServerOptions) });

  it('finds nothing wrong with the defaults', () => {
    expect(serverProblems(SERVER_DEFAULTS)).toEqual([]);
  });

  it.each([
    { allowedOrigins: '*' },
    { allowedOrigins: ['https://app.example', 'capacitor://localhost'] },
    { trustedProxies: ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', 'unix'] },
    { foreignPaths: ['/', '/graphql', '/a/b'] },
    { rootPath: '/live/chat' },
    { accessLog: 'text' },
    { accessLog: 'json' },
    { outboundPolicy: 'drop' },
    { outboundPolicy: coalesce(() => 'key') },
  ])('takes %j', (options) => {
    expect(problemsOf(options)).toEqual([]);
  });

  it.each([
    [
      { allowedOrigins: ['https://app.example/'] },
      'server.allowedOrigins: expected an origin like "https://app.example", got "https://app.example/"',
    ],
    [
      { trustedProxies: ['proxy.example'] },
      'server.trustedProxies: expected an address like "10.0.0.0/8", got "proxy.example"',
    ],
    [
      { foreignPaths: ['graphql'] },
      'server.foreignPaths: expected a path like "/graphql", got "graphql"',
    ],
    [
      { foreignPaths: ['/graphql?a'] },
      'server.foreignPaths: expected a path like "/graphql", got "/graphql?a"',
    ],
    [{ rootPath: 'live' }, 'server.rootPath: expected nothing or a path like "/live", got "live"'],
    [
      { rootPath: '/live/' },
      'server.rootPath: expected nothing or a path like "/live", got "/live/"',
    ],
    [{ accessLog: true }, 'server.accessLog: expected "text", "json" or false, got true'],
    [
      { outboundPolicy: 'wait' },
      'server.outboundPolicy: expected "close", "drop" or coalesce(), got "wait"',
    ],
    [
      { closeTimeoutMs: Infinity },
      'server.closeTimeoutMs: expected at most 2147483647, got Infinity',
    ],
  ])('reports %j', (options, problem) => {
    expect(problemsOf(options)).toEqual([problem]);
  });

  it('reports each of several', () => {
    const problems = problemsOf({ trustedProxies: ['a', '10.0.0.1', 'b'], rootPath: '/' });
    expect(problems).toHaveLength(3);
  });
});
