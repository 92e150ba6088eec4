import { describe, expect, it } from '@jest/globals';
import { readCommandLine } from '../../src/command-line/command-line.js';
import { CommandLineInvalid } from '../../src/errors.js';

const place = (args: readonly string[], env: NodeJS.ProcessEnv = {}): unknown =>
  readCommandLine('server', args, env).place;

describe('the command line of a server', () => {
  it('says nothing when nothing is given', () => {
    const { isHelp, options, place: nowhere, verbosity } = readCommandLine('server', [], {});
    expect([isHelp, nowhere, verbosity, options.defaultLayer]).toEqual([
      false,
      undefined,
      undefined,
      undefined,
    ]);
    expect(Object.values(options.server)).toEqual(Array(6).fill(undefined));
  });

  it('becomes options of the server', () => {
    const { options, verbosity } = readCommandLine(
      'server',
      `--layer bulk --root-path /live --proxy-headers 10.0.0.0/8 --proxy-headers unix
       --http-timeout 60 --ping-interval 0.5 --ws-protocol chat.v2 --ws-protocol chat
       --access-log json -v 0`.split(/\s+/),
      {},
    );
    expect(options.defaultLayer).toBe('bulk');
    expect(verbosity).toBe(0);
    expect(options.server).toEqual({
      rootPath: '/live',
      trustedProxies: ['10.0.0.0/8', 'unix'],
      httpTimeoutMs: 60_000,
      pingIntervalMs: 500,
      subprotocols: ['chat.v2', 'chat'],
      accessLog: 'json',
    });
  });

  it('switches the access log off, which the code has on', () => {
    const { options } = readCommandLine('server', ['--access-log', 'off'], {});
    expect(options.server.accessLog).toBe(false);
  });

  it('wins over the environment', () => {
    const env = { CHANNELS_PING_INTERVAL: 'soon', CHANNELS_ROOT_PATH: '/env' };
    const { options } = readCommandLine('server', ['--ping-interval', '5'], env);
    expect(options.server).toMatchObject({ pingIntervalMs: 5_000, rootPath: '/env' });
  });

  it('asks for help whatever else it says', () => {
    const { isHelp } = readCommandLine('server', ['--help', '--port', 'x'], { PORT: 'y' });
    expect(isHelp).toBe(true);
  });
});

describe('where a server listens', () => {
  it.each([
    [['-p', '0'], { port: 0 }],
    [['-b', '127.0.0.1'], { host: '127.0.0.1' }],
    [['-b', '[::1]', '-p', '80'], { host: '::1', port: 80 }],
    [['-u', '/run/app.sock'], { unixSocket: '/run/app.sock' }],
    [['--fd', '0'], { fd: 0 }],
  ])('is read from %j', (args, expected) => {
    expect(place(args)).toEqual(expected);
  });

  it('is read from the environment, port and address apart', () => {
    expect(place([], { PORT: '80' })).toEqual({ port: 80 });
    expect(place(['-b', '::'], { PORT: '80' })).toEqual({ host: '::', port: 80 });
  });

  it('is what a flag says, whatever a variable says of another kind', () => {
    const env = { PORT: '80', CHANNELS_FD: '3' };
    expect(place(['-u', '/run/app.sock'], env)).toEqual({ unixSocket: '/run/app.sock' });
    expect(place(['-p', '81'], env)).toEqual({ port: 81 });
  });

  it.each([
    [['-p', '80', '-u', '/run/app.sock'], {}],
    [['--fd', '3', '-u', '/run/app.sock'], {}],
    [[], { PORT: '80', CHANNELS_FD: '3' }],
  ])('cannot be two places: %j %j', (args, env) => {
    expect(() => place(args, env)).toThrow(CommandLineInvalid);
    expect(() => place(args, env)).toThrow('expected one of --port, --unix-socket and --fd');
  });

  it.each([
    [['-p', '65536'], '--port: expected a whole number from 0 to 65535, got "65536"'],
    [['--fd', '-1'], "Option '--fd' argument is ambiguous"],
    [['--verbosity', '4'], '--verbosity: expected a whole number from 0 to 3, got "4"'],
  ])('or how much it logs is not %j', (args, message) => {
    expect(() => place(args)).toThrow(message);
  });
});

describe('the command line of a worker', () => {
  it('becomes options of the worker', () => {
    const env = { CHANNELS_EXCLUDE_CHANNELS: 'jobs.slow,mail' };
    const { options } = readCommandLine(
      'worker',
      ['--only-channels', 'jobs.*', '--only-channels', 'mail', '--concurrency', '8'],
      env,
    );
    expect(options.worker).toEqual({
      onlyChannels: ['jobs.*', 'mail'],
      excludeChannels: ['jobs.slow', 'mail'],
      concurrency: 8,
    });
  });

  it('leaves alone what the environment says to servers', () => {
    expect(readCommandLine('worker', [], { PORT: 'x', CHANNELS_FD: '3' }).place).toBeUndefined();
  });

  it.each(['0', '-1', '1.5', 'many'])('refuses %j as concurrency', (concurrency) => {
    expect(() => readCommandLine('worker', [`--concurrency=${concurrency}`], {})).toThrow(
      '--concurrency: expected a whole number from 1 to ',
    );
  });
});
