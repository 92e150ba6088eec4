import { describe, expect, it } from '@jest/globals';
import { CommandLineInvalid } from 'nest-channels';
import { runProcess } from '../src/run-process.js';

describe('runProcess', () => {
  it('starts with what arguments and environment say', async () => {
    const env = { CHANNELS_LAYER: 'bulk' };
    const started = runProcess(
      'worker',
      { args: ['--concurrency', '8'], env },
      async (told) => told,
    );
    const { options } = await started;
    expect([options.defaultLayer, options.worker.concurrency]).toEqual(['bulk', 8]);
  });

  it('throws what goes wrong where it is not to end the process', async () => {
    const options = { args: ['--port', '80'], env: {}, abortOnError: false };
    await expect(runProcess('worker', options, async () => 'app')).rejects.toThrow(
      CommandLineInvalid,
    );
    const start = async (): Promise<never> => {
      throw new Error('no');
    };
    await expect(runProcess('worker', { ...options, args: [] }, start)).rejects.toThrow('no');
  });
});
