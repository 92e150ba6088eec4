import { describe, expect, it } from '@jest/globals';
import { ChannelFull, LayerUnavailable, ManualClock } from '@nest-channels/core';
import { Farewells, type LastMessage } from '../../src/server/farewells.js';
import { FaultyLayer } from '../support/faulty-layer.js';
import { waitingContents } from '../support/reading.js';
import { settled } from '../support/settled.js';

const CHANNEL = 'websocket.disconnect';

const messages = async (...names: string[]): Promise<LastMessage[]> =>
  names.map((name) => ({ channel: CHANNEL, content: { name } }));

class Bench {
  readonly clock = new ManualClock();
  readonly layer = new FaultyLayer(this.clock, { channelCapacity: [[CHANNEL, 2]] });
  readonly farewells = new Farewells(this.layer, this.clock);
  readonly lost: string[] = [];

  say(...names: string[]): void {
    void this.farewells.say({
      messages: messages(...names),
      onLost: ({ content }, error) =>
        this.lost.push(`${String(content['name'])}: ${error.constructor.name}`),
    });
  }

  async arrived(): Promise<unknown[]> {
    await settled();
    return (await waitingContents(this.layer, CHANNEL)).map(({ name }) => name);
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settled();
  }
}

describe('Farewells', () => {
  it('sends what a connection leaves behind, in order', async () => {
    const bench = new Bench();
    bench.say('a', 'b');
    expect(await bench.arrived()).toEqual(['a', 'b']);
    await bench.farewells.idle();
  });

  it('waits for room in a full channel, and keeps the order of all', async () => {
    const bench = new Bench();
    bench.say('a', 'b', 'c');
    await settled();
    bench.say('d');
    expect(await bench.arrived()).toEqual(['a', 'b']);
    bench.say('e');
    await bench.pass(100);
    expect(await bench.arrived()).toEqual(['c', 'd']);
    await bench.pass(100);
    expect(await bench.arrived()).toEqual(['e']);
    await bench.farewells.idle();
    expect(bench.lost).toEqual([]);
  });

  it('loses what finds no room for 10 s, and says so', async () => {
    const bench = new Bench();
    bench.layer.faults.send = () => Promise.reject(new ChannelFull(CHANNEL, 2));
    bench.say('a', 'b');
    for (let waited = 0; waited < 9_900; waited += 100) await bench.pass(100);
    expect(bench.lost).toEqual([]);
    await bench.pass(100);
    await bench.farewells.idle();
    expect(bench.lost).toEqual(['a: ChannelFull', 'b: ChannelFull']);
    expect(bench.clock.timers).toBe(0);
  });

  it('waits for a layer that is away and has taken nothing', async () => {
    const bench = new Bench();
    const away = new LayerUnavailable('away', { executed: 'no' });
    bench.layer.faults.send = () => Promise.reject(away);
    bench.say('a', 'b');
    await bench.pass(100);
    expect(bench.lost).toEqual([]);
    bench.layer.faults.send = undefined;
    await bench.pass(100);
    expect(await bench.arrived()).toEqual(['a', 'b']);
    await bench.farewells.idle();
  });

  it('loses at once what the layer may have taken, and goes on', async () => {
    const bench = new Bench();
    let isFirst = true;
    bench.layer.faults.send = () => {
      const outcome = isFirst
        ? Promise.reject(new LayerUnavailable('no layer'))
        : Promise.resolve();
      isFirst = false;
      return outcome;
    };
    bench.say('a', 'b');
    expect(await bench.arrived()).toEqual(['b']);
    expect(bench.lost).toEqual(['a: LayerUnavailable']);
    await bench.farewells.idle();
  });

  it('is idle only when all has been taken', async () => {
    const bench = new Bench();
    bench.say('a', 'b', 'c');
    let isIdle = false;
    const idle = bench.farewells.idle().then(() => (isIdle = true));
    await settled();
    expect(isIdle).toBe(false);
    await bench.arrived();
    await bench.pass(100);
    await idle;
  });
});
