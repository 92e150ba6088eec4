import { describe, expect, it } from '@jest/globals';
import { FLAGS } from '../../src/command-line/flags.js';
import { wordsOfArguments, wordsOfEnvironment } from '../../src/command-line/given-words.js';

describe('wordsOfArguments', () => {
  it('reads flags by name and by letter, with a space or an equals sign', () => {
    const given = wordsOfArguments(['--port=80', '-b', '::1'], FLAGS.server);
    expect([...given]).toEqual([
      ['port', { source: '--port', words: ['80'] }],
      ['bind', { source: '--bind', words: ['::1'] }],
    ]);
  });

  it('collects what is repeated', () => {
    const args = ['--only-channels', 'jobs.*', '--only-channels', 'mail'];
    const given = wordsOfArguments(args, FLAGS.worker);
    expect(given.get('only-channels')?.words).toEqual(['jobs.*', 'mail']);
  });

  it.each([
    [['--prot', '80'], "Unknown option '--prot'; expected --bind, --port, "],
    [['--port'], "Option '-p, --port <value>' argument missing; expected --bind, "],
    [['80'], "Unexpected argument '80'"],
    [['--concurrency', '8'], "Unknown option '--concurrency'; expected --bind, "],
  ])('refuses %j, saying what was expected', (args, message) => {
    expect(() => wordsOfArguments(args, FLAGS.server)).toThrow(message);
  });
});

describe('wordsOfEnvironment', () => {
  it('reads the variables of the flags, lists by commas', () => {
    const env = { CHANNELS_ONLY_CHANNELS: 'jobs.*, mail', CHANNELS_LAYER: 'a,b', PATH: '/bin' };
    expect([...wordsOfEnvironment(env, FLAGS.worker)]).toEqual([
      ['only-channels', { source: 'CHANNELS_ONLY_CHANNELS', words: ['jobs.*', 'mail'] }],
      ['layer', { source: 'CHANNELS_LAYER', words: ['a,b'] }],
    ]);
  });

  it('takes an empty variable as one that is not there', () => {
    expect(wordsOfEnvironment({ PORT: ' ' }, FLAGS.server).size).toBe(0);
  });
});
