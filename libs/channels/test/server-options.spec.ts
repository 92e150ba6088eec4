import { describe, expect, it } from '@jest/globals';
import { SERVER_DEFAULTS } from '../src/server-options.js';

describe('SERVER_DEFAULTS', () => {
  it('limits everything but what the system limits and what only an application can know', () => {
    const unlimited = Object.entries(SERVER_DEFAULTS).filter(([, value]) => value === Infinity);
    expect(unlimited.map(([key]) => key)).toEqual(['maxConnections', 'maxFramesPerSecond']);
  });
});
