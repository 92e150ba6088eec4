import { afterEach, describe, expect, it } from '@jest/globals';
import { LayerUnavailable } from '@nest-channels/core';
import { InvalidConfiguration, type WorkerEvent } from 'nest-channels';
import { nextContent, waitingContents } from '../support/reading.js';
import { settled } from '../support/settled.js';
import { closeWorkers, WorkerBench } from '../support/worker-bench.js';

afterEach(async () => {
  expect(await closeWorkers()).toBe(0);
});

const SOCKET_CHANNELS = ['websocket.connect', 'websocket.receive', 'websocket.disconnect'];

/** Follows a stop, for tests that look at what it waits for. */
function watch(stopping: Promise<void>): { isOver: boolean; over: Promise<void> } {
  const watched = { isOver: false, over: stopping };
  void stopping.then(() => (watched.isOver = true));
  return watched;
}

describe('Worker', () => {
  it('reads the channels that have routes, and those of sockets without any', async () => {
    const bench = await WorkerBench.create({ default: ['jobs', 'websocket.receive', 'mail'] });
    bench.worker.start();
    expect(await bench.default.receives.take(3)).toEqual([SOCKET_CHANNELS, ['jobs'], ['mail']]);
    expect(bench.logs.messages('log', 'Worker')).toEqual([
      'Reading from the faulty layer "default": ' +
        'jobs, mail, websocket.connect, websocket.disconnect, websocket.receive',
    ]);
  });

  it('refuses a socket that nothing wants', async () => {
    const bench = await WorkerBench.create({});
    bench.worker.start();
    const content = { reply_channel: 'server.test!1', path: '/nowhere' };
    await bench.default.send('websocket.connect', content);
    expect(await nextContent(bench.default, 'server.test!')).toEqual({
      accept: false,
      status: 404,
    });
  });

  it('leaves a channel without a route alone', async () => {
    const bench = await WorkerBench.create({ default: ['jobs'] });
    bench.worker.start();
    await bench.default.send('others', { n: 1 });
    await bench.default.send('jobs', { n: 2 });
    expect((await bench.jobs.next()).message.content).toEqual({ n: 2 });
    expect(await waitingContents(bench.default, 'others')).toEqual([{ n: 1 }]);
  });

  it.each([
    [{ onlyChannels: ['jobs.*'] }, ['jobs.a', 'jobs.b']],
    [{ onlyChannels: ['jobs.*'], excludeChannels: ['*.b'] }, ['jobs.a']],
    [{ excludeChannels: ['jobs.*'] }, ['mail', ...SOCKET_CHANNELS.toSorted()]],
  ])('reads what %j leaves, and logs the sorted names', async (worker, names) => {
    const bench = await WorkerBench.create({ default: ['mail', 'jobs.b', 'jobs.a'] }, { worker });
    bench.worker.start();
    await settled();
    const read = await bench.default.receives.take(bench.default.receives.size);
    expect(read.flat().toSorted()).toEqual(names);
    expect(bench.logs.messages('log', 'Worker')).toEqual([
      `Reading from the faulty layer "default": ${names.join(', ')}`,
    ]);
  });

  it('does not start when its globs leave nothing to read', async () => {
    const worker = { onlyChannels: ['job'] };
    const bench = await WorkerBench.create({ default: ['jobs'] }, { worker });
    expect(() => bench.worker.start()).toThrow(InvalidConfiguration);
  });

  it('counts what it does', async () => {
    const bench = await WorkerBench.create({ default: ['jobs'] }, { worker: { concurrency: 1 } });
    bench.worker.start();
    for (let n = 1; n <= 2; n++) await bench.default.send('jobs', { n });
    const job = await bench.jobs.next();
    await settled();
    expect(bench.worker.statistics()).toMatchObject({ running: 1, waiting: 1, handled: 0 });
    job.end();
    (await bench.jobs.next()).end();
    await settled();
    expect(bench.worker.statistics()).toEqual({
      handled: 2,
      failed: 0,
      timedOut: 0,
      dropped: 0,
      poisoned: 0,
      unrouted: 0,
      postponed: 0,
      running: 0,
      waiting: 0,
    });
  });

  it('tells when it is ready, with what it reads', async () => {
    const bench = await WorkerBench.create({ bulk: ['jobs'] });
    const told: WorkerEvent[] = [];
    bench.events.listen((event) => told.push(event));
    bench.worker.start();
    expect(told).toEqual([{ type: 'ready', channels: [...SOCKET_CHANNELS, 'jobs'] }]);
  });

  it('reads several layers, each with its own routes', async () => {
    const bench = await WorkerBench.create({ default: ['jobs'], bulk: ['jobs', 'mail'] });
    bench.worker.start();
    expect(await bench.bulk.receives.take(2)).toEqual([['jobs'], ['mail']]);
    await bench.default.send('jobs', { n: 1 });
    await bench.bulk.send('jobs', { n: 2 });
    const jobs = await bench.jobs.take(2);
    expect(jobs.map(({ layer, message }) => [layer, message.content])).toEqual([
      ['default', { n: 1 }],
      ['bulk', { n: 2 }],
    ]);
  });

  it('reads no layer without routes, except that of the sockets', async () => {
    const bench = await WorkerBench.create({ default: ['jobs'] }, { server: { layer: 'bulk' } });
    bench.worker.start();
    expect(await bench.default.receives.next()).toEqual(['jobs']);
    expect(await bench.bulk.receives.next()).toEqual(SOCKET_CHANNELS);
  });

  it('reads nothing from a layer that has nothing for it', async () => {
    const bench = await WorkerBench.create({ default: ['jobs'] });
    bench.worker.start();
    await settled();
    expect(bench.bulk.receives.size).toBe(0);
  });

  it('handles as many messages side by side as its concurrency says', async () => {
    const bench = await WorkerBench.create({ default: ['jobs'] }, { worker: { concurrency: 3 } });
    bench.worker.start();
    for (let n = 1; n <= 5; n++) await bench.default.send('jobs', { n });
    const [first] = await bench.jobs.take(3);
    await settled();
    expect(bench.running.size).toBe(3);
    first.end();
    expect((await bench.jobs.next()).message.content).toEqual({ n: 4 });
    expect(bench.running.size).toBe(3);
  });

  it('keeps to its concurrency over all layers', async () => {
    const bench = await WorkerBench.create(
      { default: ['jobs'], bulk: ['jobs'] },
      { worker: { concurrency: 2 } },
    );
    bench.worker.start();
    for (let n = 1; n <= 5; n++) {
      await bench.default.send('jobs', { n });
      await bench.bulk.send('jobs', { n });
    }
    for (let handled = 0; handled < 10; handled++) {
      const job = await bench.jobs.next();
      await settled();
      expect(bench.running.size).toBe(Math.min(2, 10 - handled));
      job.end();
    }
  });

  it('asks a layer for at least one message, however many layers share the slots', async () => {
    const bench = await WorkerBench.create(
      { default: ['jobs'], bulk: ['jobs'] },
      { worker: { concurrency: 1 } },
    );
    bench.worker.start();
    for (let n = 1; n <= 5; n++) {
      await bench.default.send('jobs', { n });
      await bench.bulk.send('jobs', { n });
    }
    for (let handled = 0; handled < 10; handled++) {
      (await bench.jobs.next()).end();
      await settled();
    }
    expect(Math.min(...[...bench.default.maxima, ...bench.bulk.maxima].map(Number))).toBe(1);
  });

  it('survives a layer that fails, and reads the others meanwhile', async () => {
    const bench = await WorkerBench.create({ default: ['jobs'], bulk: ['jobs'] });
    bench.default.faults.receive = () => Promise.reject(new LayerUnavailable('no layer'));
    bench.worker.start();
    expect(await bench.logs.nextProblem()).toContain('Cannot receive from the faulty layer');
    await bench.bulk.send('jobs', { n: 1 });
    expect(await bench.jobs.next()).toMatchObject({ layer: 'bulk' });
    delete bench.default.faults.receive;
    await bench.default.send('jobs', { n: 2 });
    bench.clock.advance(1_000);
    expect(await bench.jobs.next()).toMatchObject({ layer: 'default' });
  });

  describe('through its states', () => {
    it('reads nothing before it starts', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'] });
      await bench.default.send('jobs', { n: 1 });
      await settled();
      expect(bench.default.receives.size).toBe(0);
      bench.worker.start();
      expect((await bench.jobs.next()).message.content).toEqual({ n: 1 });
    });

    it('starts once, however often it is asked to', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'] });
      bench.worker.start();
      bench.worker.start();
      await settled();
      expect(bench.default.receives.size).toBe(2);
      expect(bench.logs.messages('log', 'Worker')).toHaveLength(1);
    });

    it('has nothing to stop before it starts, and starts all the same', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'] });
      await bench.default.send('jobs', { n: 1 });
      await bench.worker.stop({ drain: true });
      expect(bench.running.size).toBe(0);
      bench.worker.start();
      expect((await bench.jobs.next()).message.content).toEqual({ n: 1 });
    });

    it('stays stopped, however often it is asked to stop or start', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'] });
      bench.worker.start();
      await bench.worker.stop();
      bench.worker.start();
      await bench.default.send('jobs', { n: 1 });
      await bench.worker.stop({ drain: true });
      expect(bench.running.size).toBe(0);
      expect(await waitingContents(bench.default, 'jobs')).toEqual([{ n: 1 }]);
    });
  });

  describe('when it stops', () => {
    it('waits for the handlers that run, and sets its timer back', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'] });
      bench.worker.start();
      for (let n = 1; n <= 2; n++) await bench.default.send('jobs', { n });
      const [one, two] = await bench.jobs.take(2);
      const stop = watch(bench.worker.stop());
      one.end();
      await settled();
      expect({ isOver: stop.isOver, timers: bench.clock.timers }).toEqual({
        isOver: false,
        timers: 1,
      });
      two.end();
      await stop.over;
      expect(bench.clock.timers).toBe(0);
      expect(bench.logs.messages('error')).toEqual([]);
    });

    it('has stopped for all who asked at the same moment', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'] });
      bench.worker.start();
      await bench.default.send('jobs', { n: 1 });
      const job = await bench.jobs.next();
      const stops = [watch(bench.worker.stop()), watch(bench.worker.stop())];
      await settled();
      expect(stops.map(({ isOver }) => isOver)).toEqual([false, false]);
      job.end();
      await Promise.all(stops.map(({ over }) => over));
    });

    it('handles what it has received, and leaves what waits in the channels to others', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'] }, { worker: { concurrency: 1 } });
      bench.worker.start();
      for (let n = 1; n <= 3; n++) await bench.default.send('jobs', { n });
      const job = await bench.jobs.next();
      await settled();
      const stop = watch(bench.worker.stop());
      job.end();
      const received = await bench.jobs.next();
      expect(received.message.content).toEqual({ n: 2 });
      expect(stop.isOver).toBe(false);
      received.end();
      await stop.over;
      expect(await waitingContents(bench.default, 'jobs')).toEqual([{ n: 3 }]);
    });

    it('has stopped receiving when it was told to do only that, and handles what it has', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'] });
      bench.worker.start();
      await bench.default.send('jobs', { n: 1 });
      const job = await bench.jobs.next();
      bench.worker.stopReceiving();
      await bench.default.send('jobs', { n: 2 });
      const stop = watch(bench.worker.stop());
      job.end();
      await stop.over;
      expect(bench.logs.messages('log', 'Worker').at(-1)).toBe('Stopping; still to be handled: 1');
      expect(await waitingContents(bench.default, 'jobs')).toEqual([{ n: 2 }]);
    });

    it('sends what its last handlers have sent', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'] });
      bench.worker.start();
      await bench.default.send('jobs', {});
      const job = await bench.jobs.next();
      const stop = watch(bench.worker.stop());
      job.end(() => bench.channels.channel('others').send({ n: 1 }));
      await stop.over;
      expect(await waitingContents(bench.default, 'others')).toEqual([{ n: 1 }]);
    });

    it('is not held up by a layer that fails', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'] });
      bench.default.faults.receive = () => Promise.reject(new LayerUnavailable('no layer'));
      bench.worker.start();
      await bench.logs.nextProblem();
      await bench.worker.stop({ drain: true });
      expect(bench.clock.timers).toBe(0);
    });

    it('leaves handlers behind that run longer than the shutdown timeout, and logs it', async () => {
      const bench = await WorkerBench.create(
        { default: ['jobs'] },
        { worker: { shutdownTimeoutMs: 700 } },
      );
      bench.worker.start();
      await bench.default.send('jobs', {});
      const job = await bench.jobs.next();
      const stop = watch(bench.worker.stop());
      bench.clock.advance(699);
      await settled();
      expect(stop.isOver).toBe(false);
      bench.clock.advance(1);
      await stop.over;
      expect(bench.logs.messages('error')).toEqual([
        'Shutdown timeout: left behind while running: Handlers.handle on jobs; ' +
          'dropped 0 messages that waited',
      ]);
      job.end();
      await settled();
      expect(bench.running.size).toBe(0);
    });

    it('takes nothing more from the channels when it has left handlers behind', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'] }, { worker: { concurrency: 1 } });
      bench.worker.start();
      for (let n = 1; n <= 4; n++) await bench.default.send('jobs', { n });
      const first = await bench.jobs.next();
      const stop = watch(bench.worker.stop({ drain: true }));
      first.end();
      const second = await bench.jobs.next();
      await settled();
      bench.clock.advance(30_000);
      await stop.over;
      second.end();
      await settled();
      expect(bench.running.size).toBe(0);
      const { dropped, waiting } = bench.worker.statistics();
      const left = await waitingContents(bench.default, 'jobs');
      expect([dropped + left.length, waiting]).toEqual([2, 0]);
    });
  });

  describe('when it drains', () => {
    it('handles what waits in the channels of all layers first', async () => {
      const bench = await WorkerBench.create(
        { default: ['jobs'], bulk: ['jobs'] },
        { worker: { concurrency: 1 } },
      );
      bench.worker.start();
      await bench.default.send('jobs', { n: 1 });
      const first = await bench.jobs.next();
      for (let n = 2; n <= 4; n++) await bench.default.send('jobs', { n });
      const stop = watch(bench.worker.stop({ drain: true }));
      first.end();
      for (const n of [2, 3, 4]) {
        const job = await bench.jobs.next();
        expect(job.message.content).toEqual({ n });
        expect(stop.isOver).toBe(false);
        job.end();
      }
      await stop.over;
      expect(bench.default.statistics().messagesPending).toBe(0);
      expect(bench.logs.messages('error')).toEqual([]);
    });

    it('handles what comes of what it handles, across layers', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'], bulk: ['mail'] });
      bench.worker.start();
      await bench.default.send('jobs', {});
      const first = await bench.jobs.next();
      const stop = watch(bench.worker.stop({ drain: true }));
      first.end(() => bench.channels.channel('mail', 'bulk').send({ n: 2 }));
      const second = await bench.jobs.next();
      expect(second).toMatchObject({ layer: 'bulk', message: { content: { n: 2 } } });
      second.end(() => bench.channels.channel('jobs').send({ n: 3 }));
      const third = await bench.jobs.next();
      expect(third).toMatchObject({ layer: 'default', message: { content: { n: 3 } } });
      expect(stop.isOver).toBe(false);
      third.end();
      await stop.over;
    });

    it('ends at once when nothing runs and nothing waits', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'], bulk: ['mail'] });
      bench.worker.start();
      await bench.worker.stop({ drain: true });
      expect(bench.clock.timers).toBe(0);
      expect(bench.logs.messages('error')).toEqual([]);
    });

    it('leaves a chain of messages that never ends at the shutdown timeout', async () => {
      const bench = await WorkerBench.create({ default: ['jobs'] });
      bench.worker.start();
      await bench.default.send('jobs', {});
      const stopped = bench.worker.stop({ drain: true });
      let rounds = 0;
      for (;;) {
        const job = await Promise.race([bench.jobs.next(), stopped]);
        if (!job) break;
        rounds++;
        await bench.default.send('jobs', {});
        bench.clock.advance(1_000);
        job.end();
      }
      expect(bench.logs.messages('error')).toEqual([
        expect.stringMatching(/^Shutdown timeout: left behind/),
      ]);
      expect(rounds).toBeGreaterThan(20);
      expect(rounds).toBeLessThan(40);
    });
  });
});
