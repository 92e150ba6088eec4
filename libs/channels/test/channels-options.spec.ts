import { describe, expect, it } from '@jest/globals';
import { systemClock } from '@nest-channels/core';
import { ChannelsSettings } from '../src/channels-options.js';

describe('ChannelsSettings', () => {
  it('fills in every default', () => {
    const settings = new ChannelsSettings();
    expect(settings.server).toEqual({
      layer: 'default',
      allowedOrigins: [],
      acceptTimeoutMs: 5_000,
      maxEarlyBytes: 65_536,
      maxMessageBytes: 1_048_576,
      closeTimeoutMs: 5_000,
    });
    expect(settings.worker).toEqual({
      concurrency: 64,
      unrouted: 'deny',
      onError: 'keep',
      shutdownTimeoutMs: 30_000,
    });
    expect(settings.embedded).toEqual({ server: true, worker: true });
    expect(settings.clock).toBe(systemClock);
    expect(Object.keys(settings.layers)).toEqual(['default']);
    expect(settings.problems()).toEqual([]);
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
