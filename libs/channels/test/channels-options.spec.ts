import { describe, expect, it } from '@jest/globals';
import { type ChannelLayer, systemClock } from '@nest-channels/core';
import { ChannelsSettings } from '../src/channels-options.js';
import { SERVER_DEFAULTS } from '../src/server-options.js';
import { WORKER_DEFAULTS } from '../src/worker-options.js';

describe('ChannelsSettings', () => {
  it('fills in every default', () => {
    const settings = new ChannelsSettings();
    expect(settings.server).toEqual(SERVER_DEFAULTS);
    expect(settings.worker).toEqual(WORKER_DEFAULTS);
    expect(settings.embedded).toEqual({ server: true, worker: true });
    expect(settings.clock).toBe(systemClock);
    expect(Object.keys(settings.layers)).toEqual(['default']);
    expect(settings.problems()).toEqual([]);
  });

  it.each([1_048_576, 4_194_304])('makes a layer that carries a reply of %d bytes', (limit) => {
    const { layers } = new ChannelsSettings({ server: { maxMessageBytes: limit } });
    const layer = (layers['default'] as () => ChannelLayer)();
    expect(layer.maxMessageBytes).toBe(limit + 65_536);
  });

  it('takes an undefined option as one left out', () => {
    const settings = new ChannelsSettings({ worker: { concurrency: undefined } });
    expect(settings.worker.concurrency).toBe(64);
  });

  it('runs neither part that is false', () => {
    const settings = new ChannelsSettings({ server: false, worker: false });
    expect(settings.embedded).toEqual({ server: false, worker: false });
  });

  it.each([0, -1, 1.5, Number.NaN])('reports %d as a number', (acceptTimeoutMs) => {
    const settings = new ChannelsSettings({ server: { acceptTimeoutMs } });
    expect(settings.problems()).toEqual([
      `server.acceptTimeoutMs: expected a whole number over 0, got ${acceptTimeoutMs}`,
    ]);
  });

  it.each(['app.example', 'https://app.example/', 'https://app.example/path', '*', ''])(
    'reports %j as an origin',
    (origin) => {
      const settings = new ChannelsSettings({ server: { allowedOrigins: [origin] } });
      expect(settings.problems()).toHaveLength(1);
    },
  );

  it.each(['https://app.example', 'http://localhost:3000', 'HTTPS://App.Example'])(
    'takes %j as an origin',
    (origin) => {
      const settings = new ChannelsSettings({ server: { allowedOrigins: [origin] } });
      expect(settings.problems()).toEqual([]);
    },
  );
});
