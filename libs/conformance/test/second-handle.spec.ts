import { describe, expect, it } from '@jest/globals';
import { type ChannelLayer, LayerUnavailable } from '@nest-channels/core';
import { layerConformance } from '../src/index.js';
import { altered } from './support/altered.js';
import { EXTENSIONS, Memory } from './support/memory.js';
import { RecordingRunner } from './support/recording-runner.js';

/** Returns a handle on a layer that closes by itself, as one of another process does. */
function handleOn(layer: ChannelLayer): ChannelLayer {
  let isClosed = false;
  return altered(layer, {
    send: async (channel, content) => {
      if (isClosed) throw new LayerUnavailable('The handle is closed.');
      await layer.send(channel, content);
    },
    close: async () => void (isClosed = true),
  });
}

async function failuresWith(connect: (layer: ChannelLayer) => ChannelLayer): Promise<string[]> {
  const memory = new Memory();
  const runner = new RecordingRunner();
  layerConformance({
    create: (limits) => altered(memory.create(limits), { reach: 'machine' }),
    connect,
    clock: memory,
    runner,
    extensions: EXTENSIONS,
    patienceMs: 100,
  });
  expect(runner.skipped).toEqual([]);
  return [...(await runner.failures('isolation')).keys()];
}

describe('a second handle', () => {
  const memory = new Memory();

  layerConformance({
    create: (limits) => altered(memory.create(limits), { reach: 'machine' }),
    connect: handleOn,
    clock: memory,
    runner: { describe, it },
    extensions: EXTENSIONS,
  });

  it('that closes the layer of others is caught', async () => {
    expect(await failuresWith((layer) => layer)).toEqual([
      'isolation: lets one handle close without touching another',
    ]);
  });

  it('that has groups of its own is caught', async () => {
    const failed = await failuresWith((layer) => {
      const groups = new Map<string, string[]>();
      return altered(handleOn(layer), {
        groupAdd: async (group, channel) => void groups.set(group, [channel]),
        groupChannels: async (group) => groups.get(group) ?? [],
      });
    });
    expect(failed).toEqual(['isolation: shows one membership to all handles']);
  });
});
