import { describe, expect, it } from '@jest/globals';
import { ChannelFull, type Content, LayerUnavailable, ManualClock } from '@nest-channels/core';
import * as fc from 'fast-check';
import { SERVER_DEFAULTS, type ServerOptions } from '../../src/server-options.js';
import { type HandlingOrder, Inbound } from '../../src/server/inbound.js';
import { deferred } from '../support/deferred.js';
import { FaultyLayer } from '../support/faulty-layer.js';
import { waitingContents } from '../support/reading.js';
import { settled } from '../support/settled.js';

const RECEIVE = 'websocket.receive';

class Bench {
  readonly clock = new ManualClock();
  readonly layer: FaultyLayer;
  readonly inbound: Inbound;
  readonly failures: Error[] = [];
  readonly unsettled: number[] = [];
  isPaused = false;

  constructor(options: ServerOptions = {}, capacity = 1_000, order?: HandlingOrder) {
    this.layer = new FaultyLayer(this.clock, { capacity });
    const settings = { ...SERVER_DEFAULTS, maxUnsettledFrames: 4, ...options };
    const source = {
      pause: () => void (this.isPaused = true),
      resume: () => void (this.isPaused = false),
    };
    const sender = { reply_channel: 'server.test!1', path: '/path' };
    this.inbound = new Inbound(
      sender,
      source,
      { layer: this.layer, settings, clock: this.clock },
      {
        onUndeliverable: (error) => void this.failures.push(error),
        onUnsettled: (left) => void this.unsettled.push(left),
      },
      order,
    );
  }

  receive(...texts: string[]): void {
    for (const text of texts) this.inbound.receive(Buffer.from(text), false);
  }

  /** Takes the contents that have been sent to the workers. */
  async sent(): Promise<Content[]> {
    await settled();
    return waitingContents(this.layer, RECEIVE);
  }

  async texts(): Promise<unknown[]> {
    return (await this.sent()).map(({ text }) => text);
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settled();
  }
}

describe('Inbound', () => {
  it('numbers frames and says whose they are', async () => {
    const bench = new Bench();
    bench.receive('one');
    bench.inbound.receive(Buffer.from([7]), true);
    const identity = { reply_channel: 'server.test!1', path: '/path' };
    expect(await bench.sent()).toEqual([
      { ...identity, order: 1, text: 'one' },
      { ...identity, order: 2, bytes: Buffer.from([7]), settle: true },
    ]);
    expect(bench.inbound.order).toBe(2);
  });

  describe('with a full window', () => {
    it('pauses the socket and keeps what had been read', async () => {
      const bench = new Bench();
      bench.receive('1', '2', '3', '4', '5');
      expect(await bench.texts()).toEqual(['1', '2', '3', '4']);
      expect([bench.isPaused, bench.inbound.isPaused]).toEqual([true, true]);
    });

    it('goes on when frames are settled, in order', async () => {
      const bench = new Bench();
      bench.receive('1', '2', '3', '4', '5', '6', '7');
      await bench.texts();
      bench.inbound.settled(2);
      expect(await bench.texts()).toEqual(['5', '6']);
      expect(bench.isPaused).toBe(true);
      bench.inbound.settled(6);
      expect(await bench.texts()).toEqual(['7']);
      expect([bench.isPaused, bench.inbound.isPaused]).toEqual([false, false]);
    });

    it('is full by bytes too', async () => {
      const bench = new Bench({ maxMessageBytes: 10 });
      bench.receive('0123456789', 'next');
      expect(await bench.texts()).toEqual(['0123456789']);
      bench.inbound.settled(1);
      expect(await bench.texts()).toEqual(['next']);
    });

    it('goes on after a minute in which nothing was settled: it must have been lost', async () => {
      const bench = new Bench();
      bench.receive('1', '2', '3', '4', '5');
      await bench.texts();
      bench.inbound.checkPause(59_999);
      expect(await bench.texts()).toEqual([]);
      bench.inbound.checkPause(60_000);
      expect(await bench.texts()).toEqual(['5']);
      expect(bench.isPaused).toBe(false);
    });
  });

  describe('with a rate', () => {
    it('pauses the socket until the next frame may come', async () => {
      const bench = new Bench({ maxFramesPerSecond: 1, maxUnsettledFrames: 100 });
      bench.receive('1', '2', '3');
      expect(await bench.texts()).toEqual(['1', '2']);
      expect(bench.isPaused).toBe(true);
      await bench.pass(1_000);
      expect(await bench.texts()).toEqual(['3']);
      await bench.pass(1_000);
      expect(bench.isPaused).toBe(false);
    });
  });

  describe('when the channel is full', () => {
    it('pauses the socket and sends what was refused when there is room, in order', async () => {
      const bench = new Bench({ maxUnsettledFrames: 100 }, 2);
      bench.receive('1', '2', '3', '4');
      await settled();
      expect(bench.isPaused).toBe(true);
      bench.receive('5');
      expect(await bench.texts()).toEqual(['1', '2']);
      await bench.pass(100);
      expect(await bench.texts()).toEqual(['3', '4']);
      await bench.pass(100);
      expect(await bench.texts()).toEqual(['5']);
      expect([bench.isPaused, bench.failures]).toEqual([false, []]);
    });

    it('says so when there is no room for too long', async () => {
      const bench = new Bench({ overloadTimeoutMs: 300 }, 1);
      bench.receive('1', '2');
      await settled();
      for (let waited = 0; waited < 300; waited += 100) {
        expect(bench.failures).toEqual([]);
        await bench.pass(100);
      }
      expect(bench.failures).toEqual([expect.any(ChannelFull)]);
    });
  });

  it.each([0, 1, 2, 3, 4, 5, 6])('sends what is refused %d steps into a retry', async (steps) => {
    const bench = new Bench({ maxUnsettledFrames: 100 });
    const full = new ChannelFull(RECEIVE, 1);
    const late = deferred();
    const refuseLate = async (): Promise<void> => {
      for (let step = 0; step < steps; step++) await Promise.resolve();
      late.reject(full);
    };
    const answers = [() => Promise.reject(full), () => late.promise, () => void refuseLate()];
    bench.layer.faults.send = () => answers.shift()?.() ?? Promise.resolve();
    bench.receive('1', '2');
    await settled();
    for (let retry = 0; retry < 3; retry++) await bench.pass(100);
    expect(await bench.texts()).toEqual(['1', '2']);
    expect([bench.isPaused, bench.clock.timers]).toEqual([false, 0]);
  });

  it('says when the layer fails in another way, and does not send again', async () => {
    const bench = new Bench();
    bench.layer.faults.send = () => Promise.reject(new LayerUnavailable('no layer'));
    bench.receive('1');
    await settled();
    bench.layer.faults.send = undefined;
    await bench.pass(1_000);
    expect(bench.failures).toEqual([expect.any(LayerUnavailable)]);
    expect(await bench.texts()).toEqual([]);
  });

  describe('when it ends', () => {
    it('lets the socket flow, takes no more and gives back what is left, in order', async () => {
      const bench = new Bench({}, 2);
      bench.receive('1', '2', '3', '4', '5', '6');
      await settled();
      bench.inbound.end();
      bench.receive('7');
      expect(bench.isPaused).toBe(false);
      expect(bench.clock.timers).toBe(0);
      const rest = await bench.inbound.takeRest();
      expect(rest.map(({ order, text }) => [order, text])).toEqual([
        [3, '3'],
        [4, '4'],
        [5, '5'],
        [6, '6'],
      ]);
      expect(await bench.texts()).toEqual(['1', '2']);
    });

    it('gives back what the layer refuses only then', async () => {
      const bench = new Bench();
      const refusal = deferred();
      bench.layer.faults.send = () => refusal.promise;
      bench.receive('1', '2');
      bench.inbound.end();
      const rest = bench.inbound.takeRest();
      refusal.reject(new ChannelFull(RECEIVE, 1));
      expect((await rest).map(({ text }) => text)).toEqual(['1', '2']);
      expect([bench.clock.timers, bench.failures]).toEqual([0, []]);
    });

    it('gives back what a retry that was under way could not send', async () => {
      const bench = new Bench();
      const refusal = deferred();
      bench.layer.faults.send = () => Promise.reject(new ChannelFull(RECEIVE, 1));
      bench.receive('1', '2');
      await settled();
      bench.layer.faults.send = () => refusal.promise;
      bench.clock.advance(100);
      bench.inbound.end();
      const rest = bench.inbound.takeRest();
      refusal.reject(new ChannelFull(RECEIVE, 1));
      expect((await rest).map(({ text }) => text)).toEqual(['1', '2']);
      expect([bench.clock.timers, bench.failures]).toEqual([0, []]);
    });

    it('leaves nothing behind when all was sent', async () => {
      const bench = new Bench();
      bench.receive('1');
      bench.inbound.end();
      expect(await bench.inbound.takeRest()).toEqual([]);
    });
  });

  it('knows whether all it sent has been handled', () => {
    const bench = new Bench();
    expect(bench.inbound.isSettled).toBe(true);
    bench.receive('1', '2');
    expect(bench.inbound.isSettled).toBe(false);
    bench.inbound.settled(2);
    expect(bench.inbound.isSettled).toBe(true);
  });

  it('sends every frame once and in order, whatever the workers and the layer do', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant('frame') },
      { weight: 2, arbitrary: fc.constant('handle') },
      { weight: 1, arbitrary: fc.constant('wait') },
    );
    const run = async (steps: readonly string[]): Promise<void> => {
      const bench = new Bench({ overloadTimeoutMs: 1_000_000 }, 3);
      const handled: unknown[] = [];
      let frames = 0;
      const handle = async (): Promise<void> => {
        for (const { text, order, settle } of await bench.sent()) {
          handled.push(text);
          if (settle === true) bench.inbound.settled(order as number);
        }
      };
      for (const each of steps) {
        if (each === 'frame') bench.receive(`${++frames}`);
        else if (each === 'handle') await handle();
        else await bench.pass(100);
      }
      await handle();
      await settled();
      bench.inbound.end();
      const rest = (await bench.inbound.takeRest()).map(({ text }) => text);
      const all = Array.from({ length: frames }, (_, index) => `${index + 1}`);
      expect([...handled, ...(await bench.texts()), ...rest]).toEqual(all);
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), run), { numRuns: 200 });
  });

  describe('in strict order', () => {
    const strict = (options?: ServerOptions, capacity?: number) =>
      new Bench(options, capacity, 'strict');

    it('sends a frame when the one before it has been handled', async () => {
      const bench = strict();
      bench.receive('1', '2', '3');
      expect(await bench.sent()).toMatchObject([{ text: '1', settle: true }]);
      bench.inbound.settled(1);
      expect(await bench.sent()).toMatchObject([{ text: '2', settle: true }]);
      bench.inbound.settled(1);
      expect(await bench.texts()).toEqual([]);
      bench.inbound.settled(2);
      expect(await bench.texts()).toEqual(['3']);
    });

    it('sends the first frame when the connect has been handled', async () => {
      const bench = new Bench({}, 1_000, 'after connect');
      bench.receive('1', '2');
      expect(await bench.texts()).toEqual([]);
      expect(bench.inbound.isSettled).toBe(false);
      bench.inbound.settled(0);
      expect(await bench.texts()).toEqual(['1']);
    });

    it('reads on while few frames wait, and pauses the socket when they are many', async () => {
      const bench = strict();
      bench.receive('1', '2', '3', '4');
      expect(bench.isPaused).toBe(false);
      bench.receive('5');
      expect(bench.isPaused).toBe(true);
      await bench.texts();
      bench.inbound.settled(1);
      expect(bench.isPaused).toBe(true);
      bench.inbound.settled(2);
      expect(bench.isPaused).toBe(false);
    });

    it('waits for room in a full channel with the same frame', async () => {
      const bench = strict({}, 1);
      const other = { reply_channel: 'server.test!2', path: '/', order: 1, text: 'other' };
      await bench.layer.send(RECEIVE, other);
      bench.receive('1', '2');
      await settled();
      expect(await bench.texts()).toEqual(['other']);
      await bench.pass(100);
      expect(await bench.texts()).toEqual(['1']);
      bench.inbound.settled(1);
      expect(await bench.texts()).toEqual(['2']);
    });

    it('gives up what follows a frame that is not settled in time, and says how much', async () => {
      const bench = strict({ settleTimeoutMs: 500 });
      bench.receive('1', '2', '3');
      await bench.texts();
      bench.inbound.checkPause(499);
      expect(bench.unsettled).toEqual([]);
      bench.inbound.checkPause(500);
      expect(bench.unsettled).toEqual([2]);
      expect(await bench.texts()).toEqual([]);
      expect(bench.inbound.isSettled).toBe(true);
    });

    it('goes on with the next frame then if it shall', async () => {
      const bench = strict({ settleTimeoutMs: 500, unsettledPolicy: 'advance' });
      bench.receive('1', '2', '3');
      await bench.texts();
      bench.inbound.checkPause(500);
      expect(await bench.texts()).toEqual(['2']);
      expect(bench.unsettled).toEqual([]);
    });

    it('gives up what follows a frame on which the layer failed', async () => {
      const bench = strict();
      bench.layer.faults.send = () => Promise.reject(new LayerUnavailable('no layer'));
      bench.receive('1', '2');
      await settled();
      bench.layer.faults.send = undefined;
      expect(bench.failures).toEqual([expect.any(LayerUnavailable)]);
      expect(await bench.texts()).toEqual([]);
      bench.inbound.end();
      expect([bench.inbound.isOver, await bench.inbound.takeRest()]).toEqual([true, []]);
    });

    describe('when it ends', () => {
      it('has what was read handled in order before anything may follow', async () => {
        const bench = strict();
        bench.receive('1', '2');
        await bench.texts();
        bench.inbound.end();
        bench.receive('too late');
        const order: unknown[] = [];
        const rest = bench.inbound.takeRest().then((left) => order.push(left));
        bench.inbound.settled(1);
        order.push(await bench.texts());
        expect(bench.inbound.isOver).toBe(false);
        bench.inbound.settled(2);
        await rest;
        expect(order).toEqual([['2'], []]);
        expect([bench.inbound.isOver, bench.clock.timers]).toEqual([true, 0]);
      });

      it('is over at once when all was handled', async () => {
        const bench = strict();
        bench.receive('1');
        bench.inbound.settled(1);
        bench.inbound.end();
        expect([bench.inbound.isOver, await bench.inbound.takeRest()]).toEqual([true, []]);
      });

      it('does not wait for ever', async () => {
        const bench = strict({ settleTimeoutMs: 500 });
        bench.receive('1', '2');
        await bench.texts();
        bench.inbound.end();
        bench.inbound.checkPause(500);
        await bench.inbound.finished();
        expect([bench.unsettled, await bench.inbound.takeRest()]).toEqual([[1], []]);
      });

      it('can be told not to wait', async () => {
        const bench = strict();
        bench.receive('1', '2', '3');
        await bench.texts();
        bench.inbound.end();
        expect(bench.inbound.giveUp()).toBe(2);
        await bench.inbound.finished();
        expect(await bench.texts()).toEqual([]);
      });
    });

    it('never has two frames under way, and loses none', async () => {
      const step = fc.constantFrom('frame', 'frame', 'handle', 'wait');
      const run = async (steps: readonly string[]): Promise<void> => {
        const bench = strict({ overloadTimeoutMs: 1_000_000 }, 1);
        const handled: unknown[] = [];
        let frames = 0;
        const handle = async (): Promise<number> => {
          const sent = await bench.sent();
          expect(sent.length).toBeLessThan(2);
          for (const { text, order } of sent) {
            handled.push(text);
            bench.inbound.settled(order as number);
          }
          return sent.length;
        };
        for (const each of steps) {
          if (each === 'frame') bench.receive(`${++frames}`);
          else if (each === 'handle') await handle();
          else await bench.pass(100);
        }
        bench.inbound.end();
        do await bench.pass(100);
        while ((await handle()) > 0);
        expect(handled).toEqual(Array.from({ length: frames }, (_, index) => `${index + 1}`));
        expect([bench.inbound.isOver, await bench.inbound.takeRest()]).toEqual([true, []]);
      };
      await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), run), { numRuns: 200 });
    });
  });
});
