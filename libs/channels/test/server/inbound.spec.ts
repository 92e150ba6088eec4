import { describe, expect, it } from '@jest/globals';
import { ChannelFull, type Content, LayerUnavailable, ManualClock } from '@nest-channels/core';
import * as fc from 'fast-check';
import { SERVER_DEFAULTS, type ServerOptions } from '../../src/server-options.js';
import { Inbound, LONGEST_PAUSE_MS } from '../../src/server/inbound.js';
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
  isPaused = false;

  constructor(options: ServerOptions = {}, capacity = 1_000) {
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
      (error) => this.failures.push(error),
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
      expect([bench.isPaused, bench.inbound.isHeld]).toEqual([true, true]);
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
      expect([bench.isPaused, bench.inbound.isHeld]).toEqual([false, false]);
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
      bench.inbound.checkPause(LONGEST_PAUSE_MS - 1);
      expect(await bench.texts()).toEqual([]);
      bench.inbound.checkPause(LONGEST_PAUSE_MS);
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
});
