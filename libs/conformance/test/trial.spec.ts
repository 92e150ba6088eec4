import { describe, expect, it } from '@jest/globals';
import { type ChannelLayer, memoryLayer } from '@nest-channels/core';
import type { ConformanceOptions } from '../src/index.js';
import { Trial } from '../src/trial.js';
import { altered } from './support/altered.js';
import { Memory } from './support/memory.js';
import { RecordingRunner } from './support/recording-runner.js';

async function open(changes: Partial<ConformanceOptions> = {}): Promise<Trial> {
  const memory = new Memory();
  const runner = new RecordingRunner();
  const trial = new Trial(
    { create: memory.create, clock: memory, runner, patienceMs: 1_000, ...changes },
    't1',
  );
  await trial.open();
  return trial;
}

describe('Trial', () => {
  it('starts all names alike', async () => {
    const trial = await open();
    expect(trial.names('a', 'b!c')).toEqual(['t1.a', 't1.b!c']);
  });

  it('takes as many messages as asked for, and notices one more', async () => {
    const trial = await open();
    await trial.send('jobs', 1, 2, 3);
    await trial.assertTakes('jobs', [1, 2, 3]);
    await trial.send('jobs', 4, 5);
    await expect(trial.assertTakes('jobs', [4])).rejects.toThrow();
  });

  it('fails when fewer messages come', async () => {
    const trial = await open({ patienceMs: 20 });
    await trial.send('jobs', 1);
    await expect(trial.take('jobs', 2)).rejects.toThrow('2 messages come from jobs');
  });

  it('fails when a receive ends by itself, instead of asking for ever', async () => {
    const create = () => altered(memoryLayer(), { receive: async () => [] });
    const trial = await open({ create });
    await expect(trial.take('jobs')).rejects.toThrow('brings a message');
  });

  it('sends by the second handle if there is one', async () => {
    const sent: string[] = [];
    const send = async (channel: string): Promise<void> => void sent.push(channel);
    const trial = await open({ connect: (layer) => altered(layer, { send }) });
    await trial.send('jobs', 1);
    expect(sent).toEqual(['jobs']);
    await trial.assertEmpty('jobs');
  });

  it('closes all it opened, handles before their layers', async () => {
    const closed: string[] = [];
    const closing = (layer: ChannelLayer, name: string) =>
      altered(layer, { close: async () => void closed.push(name) });
    const trial = await open({
      create: () => closing(memoryLayer(), 'layer'),
      connect: (layer) => closing(layer, 'handle'),
    });
    await trial.close();
    expect(closed).toEqual(['handle', 'layer']);
  });
});
