import { afterAll, describe, expect, it } from '@jest/globals';
import { NodeProcess, stopProcesses } from '../support/process.js';

afterAll(stopProcesses);

/** Starts a worker that runs one job at a time, and waits until the first has begun. */
async function start(jobs: readonly object[], shutdownTimeoutMs: number): Promise<NodeProcess> {
  const worker = new NodeProcess('test/support/worker-process.mjs', {
    JOBS: JSON.stringify(jobs),
    SHUTDOWN_TIMEOUT_MS: String(shutdownTimeoutMs),
  });
  await worker.printed('job 1 begins');
  return worker;
}

describe('the process of a worker', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'handles on %s what it has received, leaves the rest, and exits with 0',
    async (signal) => {
      const worker = await start([{ n: 1 }, { n: 2 }, { n: 3 }], 30_000);
      expect(await worker.stop(signal)).toBe(0);
      expect(worker.output).toContain('job 1 ends');
      expect(worker.output).toContain('job 2 ends');
      expect(worker.output).not.toContain('job 3 begins');
    },
  );

  it('names the handlers that run for too long, leaves them, and exits with 0', async () => {
    const worker = await start([{ n: 1, hangs: true }, { n: 2 }], 50);
    expect(await worker.stop()).toBe(0);
    expect(worker.output).toContain(
      'Shutdown timeout: left behind while running: Jobs.run on jobs; dropped 1 message that waited',
    );
    expect(worker.output).not.toContain('job 2 begins');
  });

  it('exits at once on a second signal', async () => {
    const worker = await start([{ n: 1, hangs: true }], 3_600_000);
    const exited = worker.stop('SIGTERM');
    await worker.printed('Stopping; still to be handled: 1');
    expect(await worker.stop('SIGTERM')).toBe(143);
    expect(await exited).toBe(143);
  });
});
