import { describe, expect, it } from '@jest/globals';
import { WORKER_DEFAULTS } from '../src/worker-options.js';

describe('WORKER_DEFAULTS', () => {
  it('reads every channel that has routes', () => {
    expect(WORKER_DEFAULTS).toMatchObject({ onlyChannels: [], excludeChannels: [] });
  });
});
