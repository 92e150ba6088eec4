import { describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { bridgeSettings } from '../src/bridge-options.js';

describe('bridgeSettings', () => {
  it('fills in what was left out, also as undefined', () => {
    const settings = bridgeSettings({ WebSocket, sleepMs: undefined, maxQueuedMessages: 3 });
    expect(settings).toMatchObject({ offline: 'queue', sleepMs: 60_000, maxQueuedMessages: 3 });
    expect(settings.WebSocket).toBe(WebSocket);
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
