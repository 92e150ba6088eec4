import { describe, expect, it } from '@jest/globals';
import { LayerUnavailable, memoryLayer } from '@nest-channels/core';
import { ChannelsSettings } from '../src/channels-options.js';
import { UnknownLayer } from '../src/errors.js';
import { Layers } from '../src/layers.js';

describe('Layers', () => {
  it('hands out the layer of an alias, one made by a function only once', () => {
    const given = memoryLayer();
    const settings = new ChannelsSettings({ layers: { given, made: () => memoryLayer() } });
    const layers = new Layers(settings);
    expect(layers.aliases).toEqual(['given', 'made']);
    expect(layers.get('given')).toBe(given);
    expect(layers.get('made')).toBe(layers.get('made'));
    expect(new Layers(settings).get('made')).not.toBe(layers.get('made'));
  });

  it('refuses an alias it does not know, naming those it does', () => {
    const layers = new Layers(new ChannelsSettings());
    expect(layers.has('bulk')).toBe(false);
    expect(() => layers.get('bulk')).toThrow(UnknownLayer);
    expect(() => layers.get('bulk')).toThrow('no layer "bulk": ChannelsModule has "default"');
  });

  it('is ready when every layer is, and closes all of them when one cannot be', async () => {
    const settings = (ready: () => Promise<void>) =>
      new ChannelsSettings({
        layers: { default: memoryLayer(), remote: Object.assign(memoryLayer(), { ready }) },
      });
    await new Layers(settings(() => Promise.resolve())).ready();
    const layers = new Layers(settings(() => Promise.reject(new Error('refused'))));
    await expect(layers.ready()).rejects.toThrow('refused');
    await expect(layers.get('default').send('jobs', {})).rejects.toThrow(LayerUnavailable);
  });

  it('closes every layer', async () => {
    const layers = new Layers(new ChannelsSettings());
    await layers.close();
    await expect(layers.get('default').send('jobs', {})).rejects.toThrow(LayerUnavailable);
  });
});
