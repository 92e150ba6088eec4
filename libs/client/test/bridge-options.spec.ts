import { describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { bridgeSettings } from '../src/bridge-options.js';

describe('bridgeSettings', () => {
  it('fills in what was left out, also as undefined', () => {
    const settings = bridgeSettings({ WebSocket, sleepMs: undefined, maxQueuedMessages: 3 });
    expect(settings).toMatchObject({ offline: 'queue', sleepMs: 60_000, maxQueuedMessages: 3 });
    expect(settings.WebSocket).toBe(WebSocket);
  });

  it.each([
    [{ backoff: { minMs: 0 } }, 'backoff.minMs'],
    [{ backoff: { maxMs: Infinity } }, 'backoff.maxMs'],
    [{ backoff: { factor: 0.5 } }, 'backoff.factor'],
    [{ connectTimeoutMs: 2 ** 31 }, 'connectTimeoutMs'],
    [{ maxQueuedMessages: Number.NaN }, 'maxQueuedMessages'],
    [{ heartbeat: { message: 1, everyMs: -1 } }, 'heartbeat.everyMs'],
    [{ offline: 'wait' as 'queue' }, 'offline'],
  ])('refuses %j, which no timer or queue can keep to', (options, name) => {
    expect(() => bridgeSettings({ WebSocket, ...options })).toThrow(
      expect.objectContaining({
        code: 'CHANNELS_CLIENT_CONFIG_INVALID',
        message: expect.stringContaining(`the option ${name} `),
      }),
    );
  });

  it('asks for a WebSocket class where there is none', () => {
    const { WebSocket: own } = globalThis;
    Reflect.deleteProperty(globalThis, 'WebSocket');
    try {
      expect(() => bridgeSettings({})).toThrow(/Node 20 needs \{ WebSocket \}/);
    } finally {
      if (own) globalThis.WebSocket = own;
    }
  });
});
