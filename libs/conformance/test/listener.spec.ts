import { describe, expect, it } from '@jest/globals';
import { memoryLayer } from '@nest-channels/core';
import { Listener } from '../src/listener.js';
import { turns } from '../src/turns.js';
import { altered } from './support/altered.js';

describe('Listener', () => {
  it('shows what a receive returned, once it has', async () => {
    const layer = memoryLayer();
    const listener = new Listener(layer, ['jobs'], 1_000);
    await turns();
    expect(listener.result).toBeUndefined();
    await layer.send('jobs', { id: 1 });
    const messages = await listener.done();
    expect(messages.map(({ content }) => content['id'])).toEqual([1]);
    expect(listener.result).toBe(messages);
  });

  it('ends with its signal', async () => {
    const listener = new Listener(memoryLayer(), ['jobs'], 1_000);
    listener.abort();
    expect(await listener.done()).toEqual([]);
  });

  it('fails when a receive never ends', async () => {
    const layer = altered(memoryLayer(), { receive: () => new Promise(() => undefined) });
    await expect(new Listener(layer, ['jobs'], 1).done()).rejects.toThrow('a receive ends');
  });

  it('keeps an error until somebody asks', async () => {
    const listener = new Listener(memoryLayer(), ['two words'], 1_000);
    await turns();
    await expect(listener.done()).rejects.toHaveProperty('code', 'CHANNELS_NAME_INVALID');
  });
});
