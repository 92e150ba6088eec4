import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isAllowedOrigin } from '../../src/server/origin.js';

const { NODE_ENV } = process.env;

function runIn(environment: string | undefined): void {
  if (environment === undefined) delete process.env['NODE_ENV'];
  else process.env['NODE_ENV'] = environment;
}

function handshake(origin: string | undefined, host = 'app.example'): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.headers = { host, origin };
  return request;
}

afterEach(() => runIn(NODE_ENV));

describe('isAllowedOrigin', () => {
  beforeEach(() => runIn('production'));

  it.each([
    ['http://app.example', 'app.example'],
    ['https://app.example', 'app.example'],
    ['http://app.example:8000', 'app.example:8000'],
    ['http://app.example:80', 'app.example'],
    ['https://app.example:443', 'app.example'],
    ['http://APP.example', 'app.example'],
    ['http://app.example', 'App.EXAMPLE'],
    ['http://10.0.0.7:3000', '10.0.0.7:3000'],
    ['http://[2001:db8::1]:3000', '[2001:db8::1]:3000'],
    ['http://localhost:3000', 'localhost:3000'],
  ])('lets pages of the own host in: %s at %s', (origin, host) => {
    expect(isAllowedOrigin(handshake(origin, host), [])).toBe(true);
  });

  // What `proxy_set_header Host $host:$server_port` makes of a browser's Host.
  it.each([
    ['http://app.example', 'app.example:80'],
    ['https://app.example', 'app.example:443'],
  ])('lets pages of the own host in whose default port a proxy spells out: %s at %s', (...pair) => {
    expect(isAllowedOrigin(handshake(...pair), [])).toBe(true);
  });

  it.each([
    ['another host', 'https://evil.example'],
    ['a host that ends the same', 'https://evil-app.example'],
    ['a host below', 'https://www.app.example'],
    ['a host above', 'https://example'],
    ['a host that begins the same', 'https://app.example.evil'],
    ['a host that begins the same without a dot', 'https://app.examples'],
    ['another port', 'https://app.example:8443'],
    ['the own host as user', 'https://app.example@evil.example'],
    ['the own host as user and password', 'https://app.example:80@evil.example'],
    ['a sibling of the own host', 'https://other.example'],
    ['the own host with a user', 'https://user@app.example'],
    ['the own host with a user and a password', 'https://user:pass@app.example'],
    ['the own host with a path', 'https://app.example/'],
    ['the own host with a query', 'https://app.example?a'],
    ['the own host with a fragment', 'https://app.example#a'],
    ['the own host with a port that is none', 'https://app.example:http'],
    ['the own host with a foreign dot', 'https://app\u3002example'],
    ['the own host with a tab', 'https://app\t.example'],
    ['the own host twice', 'https://app.example, https://app.example'],
    ['two origins without a comma', 'https://app.example https://evil.example'],
    ['the own host in percent-encoding', 'https://%61pp.example'],
    ['the own host in the path', 'https://evil.example/app.example'],
    ['the own host in the query', 'https://evil.example?app.example'],
    ['the own host in the fragment', 'https://evil.example#@app.example'],
    ['the own host behind a backslash', 'https://evil.example\\@app.example'],
    ['a trailing dot', 'https://app.example.'],
    ['no scheme', 'app.example'],
    ['two origins', 'https://app.example, https://evil.example'],
    ['a sandboxed page', 'null'],
    ['a local file', 'file://'],
    ['a page made of data', 'data:text/html,app.example'],
    ['no text', ''],
    ['a star', '*'],
    ['a letter that looks the same', 'https://аpp.example'],
  ])('keeps pages of other hosts out: %s', (_what, origin) => {
    expect(isAllowedOrigin(handshake(origin), [])).toBe(false);
  });

  it('keeps every page out of a server whose host is unknown', () => {
    const request = new IncomingMessage(new Socket());
    request.headers = { origin: 'https://app.example' };
    expect(isAllowedOrigin(request, [])).toBe(false);
    expect(isAllowedOrigin(handshake('https://app.example', ''), [])).toBe(false);
  });

  it.each([
    ['as it is', 'https://pages.example'],
    ['in upper case', 'HTTPS://PAGES.example'],
    ['with its default port', 'https://pages.example:443'],
  ])('lets pages of a listed origin in, written %s', (_what, origin) => {
    const allowed = ['https://other.example', 'https://pages.example'];
    expect(isAllowedOrigin(handshake(origin), allowed)).toBe(true);
  });

  it('lets pages of a name beyond ASCII in by its ASCII form, as browsers write it', () => {
    const allowed = ['https://xn--bcher-kva.example'];
    expect(isAllowedOrigin(handshake('https://xn--bcher-kva.example'), allowed)).toBe(true);
    expect(isAllowedOrigin(handshake('https://b\xfccher.example'), allowed)).toBe(false);
    expect(isAllowedOrigin(handshake('https://bucher.example'), allowed)).toBe(false);
  });

  it('lets pages of an origin in that is listed in upper case', () => {
    expect(isAllowedOrigin(handshake('https://pages.example'), ['HTTPS://Pages.Example'])).toBe(
      true,
    );
  });

  it.each([
    ['scheme', 'http://pages.example'],
    ['port', 'https://pages.example:8443'],
    ['host', 'https://evil-pages.example'],
    ['ending', 'https://pages.example.evil'],
    ['place below', 'https://www.pages.example'],
    ['user', 'https://pages.example@evil.example'],
    ['trailing dot', 'https://pages.example.'],
    ['null', 'null'],
  ])('keeps pages out that differ from a listed origin by their %s', (_what, origin) => {
    expect(isAllowedOrigin(handshake(origin), ['https://pages.example'])).toBe(false);
  });

  it('keeps pages of other custom schemes out when one is listed', () => {
    const request = handshake('chrome-extension://abcdefgh');
    expect(isAllowedOrigin(request, ['capacitor://localhost'])).toBe(false);
  });

  it.each(['null', '', 'pages.example', '*.example'])(
    'lets nobody in because of a listed "%s"',
    (entry) => {
      expect(isAllowedOrigin(handshake('https://pages.example'), [entry])).toBe(false);
      expect(isAllowedOrigin(handshake('null'), [entry])).toBe(false);
    },
  );

  it.each(['https://evil.example', 'null', 'file://', 'nonsense'])(
    'lets every page in when all are allowed: %s',
    (origin) => {
      expect(isAllowedOrigin(handshake(origin), '*')).toBe(true);
    },
  );

  it('lets clients in that are no pages', () => {
    expect(isAllowedOrigin(handshake(undefined), [])).toBe(true);
    expect(isAllowedOrigin(handshake(undefined), ['https://pages.example'])).toBe(true);
  });

  const LOOPBACK = [
    'http://localhost',
    'https://localhost:5173',
    'http://LOCALHOST:3000',
    'http://127.0.0.1:3000',
    'http://127.255.255.254',
    'http://[::1]:3000',
    'http://[0:0:0:0:0:0:0:1]',
  ];

  it.each(LOOPBACK)('keeps pages of a loopback host out in production: %s', (origin) => {
    expect(isAllowedOrigin(handshake(origin), [])).toBe(false);
  });

  it.each([undefined, 'development', 'test', 'Production'])(
    'lets pages of a loopback host in when NODE_ENV is %s',
    (environment) => {
      runIn(environment);
      const answers = LOOPBACK.map((origin) => isAllowedOrigin(handshake(origin), []));
      expect(answers).toEqual(LOOPBACK.map(() => true));
    },
  );

  it.each([
    'http://localhost.evil.example',
    'http://evil-localhost',
    'http://127.0.0.1.evil.example',
    'http://128.0.0.1',
    'http://0.0.0.0',
    'http://[::2]',
    'http://localhost@evil.example',
    'null',
    'file://',
  ])('keeps pages out outside production whose host is no loopback host: %s', (origin) => {
    runIn('development');
    expect(isAllowedOrigin(handshake(origin), [])).toBe(false);
  });
});
