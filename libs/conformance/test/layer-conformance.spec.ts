import { describe, expect, it } from '@jest/globals';
import type { ChannelLayer, LayerExtension } from '@nest-channels/core';
import { type ConformanceOptions, layerConformance } from '../src/index.js';
import { THEMES } from '../src/themes.js';
import { altered } from './support/altered.js';
import { EXTENSIONS, Memory } from './support/memory.js';
import { RecordingRunner } from './support/recording-runner.js';

const UNDECLARED: readonly (keyof ChannelLayer)[] = [
  'groupAdd',
  'groupDiscard',
  'groupSend',
  'groupChannels',
  'flush',
  'statistics',
  'channelStatistics',
  'subscribe',
];

function register(changes: Partial<ConformanceOptions> = {}): RecordingRunner {
  const memory = new Memory();
  const runner = new RecordingRunner();
  layerConformance({ create: memory.create, clock: memory, runner, ...changes });
  return runner;
}

describe('layerConformance', () => {
  it('registers every test or reports it as skipped', () => {
    const { titles, skipped } = register({ extensions: ['groups'] });
    const facts = THEMES.flatMap((theme) => theme.facts);
    expect(titles.length + skipped.length).toBe(facts.length);
    expect(skipped).toContain('flush: removes the messages of all channels');
    expect(titles).toContain('membership of groups: is listed');
  });

  it('skips nothing when everything is declared and a second handle is there', () => {
    const { skipped } = register({ extensions: EXTENSIONS, connect: (layer) => layer });
    expect(skipped).toEqual([]);
  });

  it('leaves undeclared tests out for a runner that cannot skip', () => {
    const recording = new RecordingRunner();
    const runner = {
      describe: recording.describe,
      it: (title: string, body: () => Promise<void>) => recording.it(title, body),
    };
    register({ runner });
    expect(recording.titles).toEqual(register().titles);
    expect(recording.skipped).toEqual([]);
  });

  it('calls no method of an extension that is not declared', async () => {
    const memory = new Memory();
    const called: string[] = [];
    const refusing = Object.fromEntries(UNDECLARED.map((name) => [name, () => called.push(name)]));
    const runner = register({
      clock: memory,
      create: (limits) =>
        altered(memory.create(limits), { ...refusing, extensions: new Set<LayerExtension>() }),
    });
    expect(await runner.failures()).toEqual(new Map());
    expect(called).toEqual([]);
  });

  it('uses names of its own in each test and each run', async () => {
    const used = new Map<string, number>();
    const memory = new Memory();
    for (const run of [1, 2]) {
      const runner = register({
        clock: memory,
        create: (limits) => {
          const layer = memory.create(limits);
          const send = (...[channel, content]: Parameters<typeof layer.send>) => {
            used.set(channel, run);
            return layer.send(channel, content);
          };
          return altered(layer, { send });
        },
      });
      await runner.failures('send and receive');
    }
    const prefixes = [1, 2].map((run) => prefixesOf(used, run));
    expect(prefixes.map(({ size }) => size)).toEqual([1, 1]);
    expect(prefixes[0]).not.toEqual(prefixes[1]);
  });

  it('closes the layers of each test, also when it fails', async () => {
    const memory = new Memory();
    let open = 0;
    const runner = register({
      clock: memory,
      create: (limits) => {
        const layer = memory.create(limits);
        open++;
        const close = (): Promise<void> => layer.close().finally(() => open--);
        return altered(layer, { close, receive: async () => [] });
      },
    });
    expect((await runner.failures('send and receive')).size).toBeGreaterThan(0);
    expect(open).toBe(0);
  });

  it('refuses an extension that does not exist', () => {
    const extensions = ['group' as 'groups'];
    expect(() => register({ extensions })).toThrow(
      expect.objectContaining({ code: 'CHANNELS_CONFORMANCE_CONTRADICTION' }),
    );
  });
});

function prefixesOf(used: ReadonlyMap<string, number>, run: number): Set<string> {
  const names = [...used].filter(([, usedIn]) => usedIn === run).map(([name]) => name);
  return new Set(names.map((name) => name.split('.').slice(0, 2).join('.')));
}
