import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type ChannelsTest,
  createChannelsTest,
  type WebSocketCommunicator,
} from '@nest-channels/testing';
import { AppModule } from 'demo-app';
import { ArchiveJobs } from '../../apps/demo/src/archives/archive-jobs.js';
import { deferred } from '../../libs/channels/test/support/deferred.js';
import { LogRecorder } from '../../libs/channels/test/support/log-recorder.js';

/** Is what the background job sends. */
interface Frame {
  readonly job?: { readonly id: string; readonly state: string };
}

let test: ChannelsTest;
let logs: LogRecorder;

beforeEach(async () => {
  logs = new LogRecorder();
  test = await createChannelsTest({ imports: [AppModule], logger: logs });
});
afterEach(() => test.close());

async function watch() {
  const watcher = test.webSocket('/archives');
  expect(await watcher.connect()).toEqual({ accepted: true });
  const { jobs } = await watcher.receiveJson<{ jobs: object[] }>();
  return { watcher, jobs };
}

const order = (body: object): Promise<Response> =>
  test.fetch('/archives', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

async function endOfJob(watcher: WebSocketCommunicator): Promise<Frame> {
  for (;;) {
    const frame = await watcher.receiveJson<Frame>();
    if (frame.job?.state !== 'running') return frame;
  }
}

describe('the background job of the demo', () => {
  it('is taken with 202 and tells each step', async () => {
    const { watcher } = await watch();
    const answer = await order({ days: 2 });
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as { id: string };
    for (const step of [
      { state: 'running', packedDays: 0 },
      { state: 'running', packedDays: 1 },
      { state: 'done', packedDays: 2, days: 2 },
    ]) {
      expect(await watcher.receiveJson()).toMatchObject({ type: 'progress', job: { id, ...step } });
    }
    await watcher.receiveNothing();
  });

  it('shows who comes while it runs how far it is', async () => {
    const { watcher } = await watch();
    const jobs = test.get(ArchiveJobs);
    const save = jobs.save.bind(jobs);
    const gate = deferred();
    jest.spyOn(jobs, 'save').mockImplementation(async (job) => {
      if (job.packedDays === 1) await gate.promise;
      await save(job);
    });
    await order({ days: 2 });
    await watcher.receive();
    const late = await watch();
    expect(late.jobs).toMatchObject([{ state: 'running', packedDays: 0, days: 2 }]);
    gate.resolve();
    expect(await endOfJob(late.watcher)).toMatchObject({ job: { state: 'done' } });
  });

  it('shows who comes later what became of it', async () => {
    expect((await watch()).jobs).toEqual([]);
    await order({ days: 2 });
    await test.drain();
    expect((await watch()).jobs).toMatchObject([{ state: 'done', days: 2 }]);
  });

  it('says why it failed, and so does the log', async () => {
    const { watcher } = await watch();
    await order({ days: 3, damagedDay: 2 });
    const error = 'The log of day 2 is damaged.';
    const job = { state: 'failed', packedDays: 1, error };
    expect(await endOfJob(watcher)).toMatchObject({ job });
    await test.idle();
    const line = `ArchivesConsumers.pack on archives.pack failed: ${error}`;
    expect(logs.messages('error', 'Worker')).toContain(line);
  });

  it.each([[{}], [{ days: 0 }], [{ days: 61 }], [{ days: 'many' }]])(
    'answers 400 to %j',
    async (body) => {
      expect((await order(body)).status).toBe(400);
    },
  );
});
