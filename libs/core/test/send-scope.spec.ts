import { describe, expect, it } from '@jest/globals';
import {
  Channel,
  ChannelFull,
  type ChannelLayer,
  FLUSH_RETRY,
  Group,
  LayerUnavailable,
  ManualClock,
  memoryLayer,
  type MemoryLayerOptions,
  type SendFailure,
  SendScopes,
} from '@nest-channels/core';
import * as fc from 'fast-check';
import { expectError, expectRejected } from './support/failure.js';
import { available, contents } from './support/messages.js';
import { settled } from './support/settled.js';

/** Is a layer with scopes around it and a note of each failure they reported. */
class Bench {
  readonly clock = new ManualClock();
  readonly scopes = new SendScopes(this.clock);
  readonly failures: { target: string; error: unknown; at: number }[] = [];
  readonly layer: ChannelLayer;
  readonly jobs: Channel;
  readonly mails: Channel;

  constructor(options: MemoryLayerOptions = {}) {
    this.layer = memoryLayer({ clock: this.clock, ...options });
    this.jobs = this.channel('jobs');
    this.mails = this.channel('mails');
  }

  channel(name: string): Channel {
    return new Channel(name, this.layer, this.scopes);
  }

  readonly report: SendFailure = ({ target }, error) => {
    this.failures.push({ target, error, at: this.clock.now() });
  };

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.scopes.run(work, this.report);
  }

  async ids(channels: string | readonly string[] = ['jobs', 'mails']): Promise<unknown[]> {
    return (await contents(this.layer, channels)).map(({ id }) => id);
  }

  /** Moves the time on in steps of a retry, and lets each be carried out. */
  async advance(ms: number): Promise<void> {
    await settled();
    for (let passed = 0; passed < ms; passed += FLUSH_RETRY.everyMs) {
      this.clock.advance(FLUSH_RETRY.everyMs);
      await settled();
    }
  }
}

/** Is a door that work can wait at. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('SendScopes', () => {
  describe('outside any scope', () => {
    it('send at once', async () => {
      const { jobs, layer } = new Bench();
      const sent = jobs.send({ id: 1 });
      expect(layer.statistics().messagesCount).toBe(1);
      await sent;
    });

    it('pass the error of the layer on and report nothing', async () => {
      const { jobs, failures } = new Bench({ capacity: 0 });
      await expectRejected(ChannelFull, jobs.send({ id: 1 }));
      expect(failures).toEqual([]);
    });

    it('do not try again', async () => {
      const { jobs, layer, clock } = new Bench({ capacity: 0 });
      await expectRejected(ChannelFull, jobs.send({ id: 1 }));
      expect(layer.statistics().dropped.full).toBe(1);
      expect(clock.timers).toBe(0);
    });
  });

  describe('inside a scope that buffers nothing', () => {
    it('send at once', async () => {
      const { scopes, report, jobs, layer } = new Bench();
      const counts = await scopes.runUnbuffered(async () => {
        void jobs.send({ id: 1 });
        return layer.statistics().messagesCount;
      }, report);
      expect(counts).toBe(1);
    });

    it('report what fails, awaited or not', async () => {
      const { scopes, report, jobs, failures } = new Bench({ capacity: 0 });
      await scopes.runUnbuffered(async () => {
        void jobs.send({ id: 1 });
        await expectRejected(ChannelFull, jobs.send({ id: 2 }));
      }, report);
      expect(failures).toHaveLength(2);
    });

    it('send nothing any more once it is abandoned', async () => {
      const { scopes, report, jobs, layer, failures } = new Bench();
      await scopes.runUnbuffered(async (scope) => {
        scope.abandon(new LayerUnavailable('over'));
        await expectRejected(LayerUnavailable, jobs.send({ id: 1 }));
      }, report);
      expect(layer.statistics().messagesCount).toBe(0);
      expect(failures).toHaveLength(1);
    });
  });

  describe('inside a scope', () => {
    it('hold sends back until the work has ended', async () => {
      const bench = new Bench();
      await bench.run(async () => {
        await bench.jobs.send({ id: 1 });
        await settled();
        expect(bench.layer.statistics().messagesCount).toBe(0);
      });
      expect(await bench.ids()).toEqual([1]);
    });

    it('send to channels and groups in the order of the calls', async () => {
      const bench = new Bench();
      const room = new Group('room', bench.layer, bench.scopes);
      await room.add('members');
      await bench.run(async () => {
        await bench.jobs.send({ id: 1 });
        await bench.mails.send({ id: 2 });
        await room.send({ id: 3 });
        await bench.jobs.send({ id: 4 });
      });
      expect(await bench.ids(['members', 'mails', 'jobs'])).toEqual([1, 2, 3, 4]);
    });

    it('send what was never awaited too', async () => {
      const bench = new Bench();
      await bench.run(async () => {
        void bench.jobs.send({ id: 1 });
        void bench.jobs.send({ id: 2 });
      });
      expect(await bench.ids()).toEqual([1, 2]);
    });

    it('have sent everything when the run is over', async () => {
      const bench = new Bench();
      await bench.run(() => bench.jobs.send({ id: 1 }));
      expect(bench.layer.statistics().messagesCount).toBe(1);
    });

    it('return what the work returned', async () => {
      expect(await new Bench().run(async () => 'done')).toBe('done');
    });

    it('send also when the work throws, and pass its error on', async () => {
      const bench = new Bench();
      const error = new Error('handler failed');
      const run = bench.run(async () => {
        await bench.jobs.send({ id: 1 });
        throw error;
      });
      await expect(run).rejects.toBe(error);
      expect(await bench.ids()).toEqual([1]);
      expect(bench.failures).toEqual([]);
    });

    it('send also when the work throws before it returns a promise', async () => {
      const bench = new Bench();
      const error = new Error('handler failed');
      const run = bench.run((): Promise<void> => {
        void bench.jobs.send({ id: 1 });
        throw error;
      });
      await expect(run).rejects.toBe(error);
      expect(await bench.ids()).toEqual([1]);
    });

    it('keep what was sent, whatever the work does to its object later', async () => {
      const bench = new Bench();
      await bench.run(async () => {
        const content = { id: 1, list: ['a'] };
        await bench.jobs.send(content);
        content.id = 2;
        content.list.push('b');
      });
      expect(await contents(bench.layer, 'jobs')).toEqual([{ id: 1, list: ['a'] }]);
    });

    it('let an immediate send overtake what is held back', async () => {
      const bench = new Bench();
      await bench.run(async () => {
        await bench.jobs.send({ id: 1 });
        await bench.jobs.send({ id: 2 }, { immediately: true });
        expect(bench.layer.statistics().messagesCount).toBe(1);
        await bench.jobs.send({ id: 3 });
      });
      expect(await bench.ids()).toEqual([2, 1, 3]);
    });

    it('hold back what is explicitly not immediate', async () => {
      const bench = new Bench();
      await bench.run(async () => {
        await bench.jobs.send({ id: 1 }, { immediately: false });
        expect(bench.layer.statistics().messagesCount).toBe(0);
      });
      expect(await bench.ids()).toEqual([1]);
    });

    it('hold back sends of everything the work calls, across its awaits', async () => {
      const bench = new Bench();
      const helper = async (id: number): Promise<void> => {
        await settled();
        await bench.jobs.send({ id });
      };
      await bench.run(async () => {
        await Promise.all([helper(1), helper(2)]);
        expect(bench.layer.statistics().messagesCount).toBe(0);
      });
      expect(await bench.ids()).toEqual([1, 2]);
    });

    it('put immediate sends first and the others after them, each in order', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 20 }), async (flags) => {
          const bench = new Bench();
          await bench.run(async () => {
            for (const [id, immediately] of flags.entries()) {
              await bench.jobs.send({ id }, { immediately });
            }
          });
          const all = [...flags.keys()];
          const immediate = all.filter((id) => flags[id]);
          expect(await bench.ids()).toEqual([...immediate, ...all.filter((id) => !flags[id])]);
        }),
        { numRuns: 50 },
      );
    });
  });

  describe('with scopes side by side', () => {
    it('hold back each scope on its own', async () => {
      const bench = new Bench();
      const [slow, quick] = [gate(), gate()];
      const first = bench.run(async () => {
        await bench.jobs.send({ id: 'slow' });
        await slow.opened;
      });
      const second = bench.run(async () => {
        await bench.jobs.send({ id: 'quick' });
        await quick.opened;
      });
      quick.open();
      await second;
      expect(await bench.ids()).toEqual(['quick']);
      slow.open();
      await first;
      expect(await bench.ids()).toEqual(['slow']);
    });

    it('hold back and send what is theirs, in order, however they interleave', async () => {
      const plans = fc.array(fc.array(fc.boolean(), { maxLength: 6 }), { maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), plans, async (scheduler, works) => {
          const bench = new Bench();
          const runs = works.map((waits, work) =>
            bench.run(async () => {
              for (const [id, isWaiting] of waits.entries()) {
                if (isWaiting) await scheduler.schedule(Promise.resolve());
                await bench.channel(`work-${work}`).send({ id });
              }
              expect(await bench.ids(`work-${work}`)).toEqual([]);
            }),
          );
          await scheduler.waitFor(Promise.all(runs));
          for (const [work, waits] of works.entries()) {
            expect(await bench.ids(`work-${work}`)).toEqual([...waits.keys()]);
          }
        }),
        { numRuns: 50 },
      );
    });

    it('let a scope that retries delay no other', async () => {
      const bench = new Bench({ capacity: 1 });
      await bench.jobs.send({ id: 'first' });
      const stuck = bench.run(() => bench.jobs.send({ id: 'stuck' }));
      await settled();
      await bench.run(() => bench.mails.send({ id: 'other' }));
      expect(await bench.ids('mails')).toEqual(['other']);
      await bench.ids('jobs');
      await bench.advance(200);
      await stuck;
      expect(await bench.ids('jobs')).toEqual(['stuck']);
    });

    it('know nothing of the scopes of another application', async () => {
      const [ours, theirs] = [new Bench(), new Bench()];
      await ours.run(async () => {
        await theirs.jobs.send({ id: 1 });
        expect(theirs.layer.statistics().messagesCount).toBe(1);
      });
    });
  });

  describe('with a scope inside a scope', () => {
    it('send what the inner one held back when that ends', async () => {
      const bench = new Bench();
      await bench.run(async () => {
        await bench.jobs.send({ id: 'outer, before' });
        await bench.run(() => bench.jobs.send({ id: 'inner' }));
        expect(await bench.ids()).toEqual(['inner']);
        await bench.jobs.send({ id: 'outer, after' });
      });
      expect(await bench.ids()).toEqual(['outer, before', 'outer, after']);
    });

    it('hold back for the outer one again after the inner one failed', async () => {
      const bench = new Bench();
      await bench.run(async () => {
        const inner = bench.run(() => Promise.reject(new Error('inner failed')));
        await expect(inner).rejects.toThrow('inner failed');
        await bench.jobs.send({ id: 1 });
        expect(bench.layer.statistics().messagesCount).toBe(0);
      });
      expect(await bench.ids()).toEqual([1]);
    });
  });

  describe('after the scope ended', () => {
    it('send at once what work that outlived it sends', async () => {
      const bench = new Bench();
      const { opened, open } = gate();
      let late: Promise<void> | undefined;
      await bench.run(async () => {
        late = opened.then(() => bench.jobs.send({ id: 1 }));
      });
      open();
      await late;
      expect(await bench.ids()).toEqual([1]);
    });

    it('report what work that outlived it could not send', async () => {
      const bench = new Bench({ capacity: 0 });
      const { opened, open } = gate();
      let late: Promise<void> | undefined;
      await bench.run(async () => {
        late = opened.then(() => bench.jobs.send({ id: 1 }));
      });
      open();
      await expectRejected(ChannelFull, late ?? Promise.resolve());
      expect(bench.failures.map(({ target }) => target)).toEqual(['channel "jobs"']);
    });

    it('keep the order of what is sent while they are still sending', async () => {
      const bench = new Bench({ capacity: 1 });
      await bench.jobs.send({ id: 'in the way' });
      const { opened, open } = gate();
      let late: Promise<void> | undefined;
      const run = bench.run(async () => {
        await bench.jobs.send({ id: 1 });
        late = opened.then(() => bench.mails.send({ id: 2 }));
      });
      await settled();
      open();
      await late;
      expect(await bench.ids('mails')).toEqual([]);
      expect(await bench.ids('jobs')).toEqual(['in the way']);
      await bench.advance(200);
      await run;
      expect(await bench.ids()).toEqual([1, 2]);
    });
  });

  describe('with a channel that is full', () => {
    it('try again every 0.2 s until there is room', async () => {
      const bench = new Bench({ capacity: 1 });
      await bench.jobs.send({ id: 'in the way' });
      const run = bench.run(() => bench.jobs.send({ id: 1 }));
      await bench.advance(400);
      expect(bench.layer.statistics().dropped.full).toBe(3);
      expect(await bench.ids()).toEqual(['in the way']);
      bench.clock.advance(199);
      await settled();
      expect(bench.layer.statistics().messagesPending).toBe(0);
      bench.clock.advance(1);
      await run;
      expect(await bench.ids()).toEqual([1]);
      expect(bench.failures).toEqual([]);
      expect(bench.clock.timers).toBe(0);
    });

    it('give up after 2 s and report it, once', async () => {
      const bench = new Bench({ capacity: 0 });
      const run = bench.run(() => bench.jobs.send({ id: 1 }));
      await bench.advance(1_800);
      expect(bench.failures).toEqual([]);
      await bench.advance(200);
      await run;
      expect(bench.failures).toEqual([
        { target: 'channel "jobs"', error: expect.any(ChannelFull), at: 2_000 },
      ]);
      expectError(ChannelFull, bench.failures[0]?.error);
      expect(bench.layer.statistics().dropped.full).toBe(11);
      expect(bench.clock.timers).toBe(0);
    });

    it('still deliver at the last try', async () => {
      const bench = new Bench({ capacity: 1 });
      await bench.jobs.send({ id: 'in the way' });
      const run = bench.run(() => bench.jobs.send({ id: 1 }));
      await bench.advance(1_800);
      await bench.ids();
      await bench.advance(200);
      await run;
      expect(await bench.ids()).toEqual([1]);
      expect(bench.failures).toEqual([]);
    });

    it('send later messages after the one that was given up', async () => {
      const bench = new Bench({ capacity: 1 });
      await bench.jobs.send({ id: 'in the way' });
      const run = bench.run(async () => {
        await bench.mails.send({ id: 1 });
        await bench.jobs.send({ id: 2 });
        await bench.channel('others').send({ id: 3 });
      });
      await bench.advance(2_000);
      await run;
      expect(await bench.ids(['mails', 'others'])).toEqual([1, 3]);
      expect(bench.failures.map(({ target }) => target)).toEqual(['channel "jobs"']);
    });

    it('give each message its own 2 s', async () => {
      const bench = new Bench({ capacity: 0 });
      const run = bench.run(async () => {
        await bench.jobs.send({ id: 1 });
        await bench.mails.send({ id: 2 });
      });
      await bench.advance(4_000);
      await run;
      expect(bench.failures).toMatchObject([
        { target: 'channel "jobs"', at: 2_000 },
        { target: 'channel "mails"', at: 4_000 },
      ]);
    });

    it('do not fail the work, nor its sends', async () => {
      const bench = new Bench({ capacity: 0 });
      const run = bench.run(async () => {
        await expect(bench.jobs.send({ id: 1 })).resolves.toBeUndefined();
        return 'done';
      });
      await bench.advance(2_000);
      expect(await run).toBe('done');
    });

    it('pass the error of the work on, not that of the send', async () => {
      const bench = new Bench({ capacity: 0 });
      const error = new Error('handler failed');
      const run = bench.run(async () => {
        await bench.jobs.send({ id: 1 });
        throw error;
      });
      const outcome = expect(run).rejects.toBe(error);
      await bench.advance(2_000);
      await outcome;
      expect(bench.failures).toHaveLength(1);
    });

    it('take the settings of FLUSH_RETRY', () => {
      expect(FLUSH_RETRY).toEqual({ everyMs: 200, forMs: 2_000 });
    });
  });

  describe('with a layer that is unavailable', () => {
    it('report each message at once and try none again', async () => {
      const bench = new Bench();
      await bench.layer.close();
      await bench.run(async () => {
        await bench.jobs.send({ id: 1 });
        await bench.mails.send({ id: 2 });
      });
      expect(bench.clock.timers).toBe(0);
      expect(bench.failures).toMatchObject([
        { target: 'channel "jobs"', at: 0 },
        { target: 'channel "mails"', at: 0 },
      ]);
      for (const { error } of bench.failures) expectError(LayerUnavailable, error);
    });

    it('report a message whose layer closed between two tries', async () => {
      const bench = new Bench({ capacity: 0 });
      const run = bench.run(() => bench.jobs.send({ id: 1 }));
      await bench.advance(400);
      await bench.layer.close();
      await bench.advance(200);
      await run;
      expect(bench.failures).toMatchObject([{ at: 600 }]);
      expectError(LayerUnavailable, bench.failures[0]?.error);
    });

    it('report a group by its name', async () => {
      const bench = new Bench();
      await bench.layer.close();
      await bench.run(() => new Group('room', bench.layer, bench.scopes).send({ id: 1 }));
      expect(bench.failures).toMatchObject([{ target: 'group "room"' }]);
    });
  });

  describe('with an immediate send that fails', () => {
    it('reject it and report it', async () => {
      const bench = new Bench({ capacity: 0 });
      await bench.run(async () => {
        await expectRejected(ChannelFull, bench.jobs.send({ id: 1 }, { immediately: true }));
      });
      expect(bench.failures).toMatchObject([{ target: 'channel "jobs"', at: 0 }]);
      expectError(ChannelFull, bench.failures[0]?.error);
      expect(bench.layer.statistics().dropped.full).toBe(1);
    });

    // A rejection that nobody handles would end this process, and with it the test run.
    it('report it without harm when nobody awaits it', async () => {
      const bench = new Bench({ capacity: 0 });
      await bench.run(async () => {
        void bench.jobs.send({ id: 1 }, { immediately: true });
        await settled();
      });
      await settled();
      expect(bench.failures).toMatchObject([{ target: 'channel "jobs"' }]);
    });

    it('go on with what is held back', async () => {
      const bench = new Bench({ capacity: 1 });
      await bench.jobs.send({ id: 'in the way' });
      await bench.run(async () => {
        await bench.mails.send({ id: 1 });
        void bench.jobs.send({ id: 2 }, { immediately: true });
      });
      expect(await available(bench.layer, 'mails')).toHaveLength(1);
    });
  });
});

describe('SendScope', () => {
  it('forgets what it has buffered when it is told to discard it, and goes on', async () => {
    const bench = new Bench();
    await bench.scopes.run(async (scope) => {
      await bench.jobs.send({ id: 1 });
      await bench.jobs.send({ id: 2 }, { immediately: true });
      scope.discard();
      await bench.jobs.send({ id: 3 });
    }, bench.report);
    expect(await bench.ids()).toEqual([2, 3]);
  });

  it('forgets what it has buffered when it is abandoned, and refuses and reports what comes', async () => {
    const bench = new Bench();
    const reason = new Error('too late');
    const { opened, open } = gate();
    const late: Promise<void>[] = [];
    await bench.scopes.run(async (scope) => {
      await bench.jobs.send({ id: 1 });
      scope.abandon(reason);
      late.push(opened.then(() => bench.jobs.send({ id: 2 })));
      late.push(opened.then(() => bench.jobs.send({ id: 3 }, { immediately: true })));
    }, bench.report);
    open();
    for (const sent of late) await expect(sent).rejects.toBe(reason);
    expect(await bench.ids()).toEqual([]);
    expect(bench.failures.map(({ error }) => error)).toEqual([reason, reason]);
  });
});
