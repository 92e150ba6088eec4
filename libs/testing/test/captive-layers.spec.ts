import { describe, expect, it } from '@jest/globals';
import { ManualClock, memoryLayer } from '@nest-channels/core';
import type { ChannelsModuleOptions } from 'nest-channels';
import { CaptiveLayers, type TestedOptions } from '../src/captive-layers.js';
import { Faults } from '../src/index.js';

const captive = (options: TestedOptions = {}): CaptiveLayers =>
  new CaptiveLayers({ clock: new ManualClock(), faults: new Faults(), options });

const layerOf = ({ layers }: ChannelsModuleOptions, alias = 'default') => {
  const layer = layers?.[alias];
  return typeof layer === 'function' ? layer() : layer;
};

describe('captive layers', () => {
  it('take the place of all layers of an application, one per alias', () => {
    const own = memoryLayer();
    const options = captive().apply({ layers: { default: own, bulk: own } });
    expect(Object.keys(options.layers ?? {})).toEqual(['default', 'bulk']);
    expect(layerOf(options)).not.toBe(own);
  });

  it('are shared between the processes of a test, which may each close theirs', async () => {
    const layers = captive();
    const [one, other] = [layers.apply({}), layers.apply({})].map((options) => layerOf(options));
    await one?.send('jobs', { id: 1 });
    await one?.close();
    expect(other?.statistics().messagesPending).toBe(1);
    expect([one?.reach, layers.aliases]).toEqual(['machine', ['default']]);
    await layers.close();
    await expect(other?.send('jobs', {})).rejects.toThrow('closed');
  });

  it('carry the longest frame that the server takes', () => {
    const server = { maxMessageBytes: 4_194_304 };
    expect(layerOf(captive().apply({ server }))?.maxMessageBytes).toBeGreaterThan(4_194_304);
  });

  it('have the limits that a test gives them', async () => {
    const layer = layerOf(captive({ layer: { capacity: 1 } }).apply({}));
    await layer?.send('jobs', {});
    await expect(layer?.send('jobs', {})).rejects.toThrow('full');
  });
});

describe('the options of an application', () => {
  it('stay, but for what a test changes', () => {
    const layers = captive({ server: { maxAgeMs: 7 }, worker: { concurrency: 3 } });
    const options = layers.apply({
      server: { maxAgeMs: 1, rootPath: '/live' },
      worker: { onError: 'close' },
      globalEnhancers: false,
    });
    expect(options.server).toMatchObject({ maxAgeMs: 7, rootPath: '/live' });
    expect(options.worker).toEqual({ onError: 'close', concurrency: 3 });
    expect(options.globalEnhancers).toBe(false);
  });

  it('stay off where the application has turned them off', () => {
    const options = captive().apply({ server: false, worker: false });
    expect(options).toMatchObject({ server: false, worker: false });
  });
});
