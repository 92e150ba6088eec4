import { describe, expect, it } from '@jest/globals';
import { memoryLayer } from '@nest-channels/core';
import { ChannelsSettings } from '../src/channels-options.js';
import { GivenOptions } from '../src/given-options.js';

describe('GivenOptions', () => {
  it('win over the options of the module, and leave the others', () => {
    const given = new GivenOptions('bulk', { rootPath: '/given' }, { concurrency: 8 });
    const options = given.apply({
      layers: { main: memoryLayer, bulk: memoryLayer },
      defaultLayer: 'main',
      server: { rootPath: '/module', pingIntervalMs: 5_000 },
      worker: { concurrency: 4, onError: 'close' },
    });
    const settings = new ChannelsSettings(options);
    expect(settings.defaultLayer).toBe('bulk');
    expect(settings.server).toMatchObject({ rootPath: '/given', pingIntervalMs: 5_000 });
    expect(settings.server.layer).toBe('bulk');
    expect(settings.worker).toMatchObject({ concurrency: 8, onError: 'close' });
  });

  it('count nothing that is undefined', () => {
    const given = new GivenOptions(undefined, { rootPath: undefined });
    expect(given.apply({ server: { rootPath: '/module' }, worker: false })).toEqual({
      server: { rootPath: '/module' },
      worker: false,
    });
  });

  it('cannot name a layer that the module does not have', () => {
    const given = new GivenOptions('bulk');
    for (const options of [{}, { layers: { default: memoryLayer } }]) {
      expect(() => given.apply(options)).toThrow(
        '--layer: there is no layer "bulk"; ChannelsModule has "default"',
      );
    }
  });

  it('leave the layer that the module names for its connections', () => {
    const given = new GivenOptions('bulk');
    const options = given.apply({
      layers: { sockets: memoryLayer, bulk: memoryLayer },
      server: { layer: 'sockets' },
    });
    expect(new ChannelsSettings(options).server.layer).toBe('sockets');
  });
});
