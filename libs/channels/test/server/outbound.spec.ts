import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { coalesce, type OutboundPolicy } from '../../src/outbound-policy.js';
import { Frame } from '../../src/server/frame.js';
import { Outbound } from '../../src/server/outbound.js';
import { WriteBatch } from '../../src/server/write-batch.js';
import { settled } from '../support/settled.js';

/** Is a client that reads only when it is told to: each write waits for its turn. */
class SlowClient extends Writable {
  readonly writes: Buffer[] = [];
  readonly #pending: (() => void)[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk);
    this.#pending.push(done);
  }

  /** Reads all that has been written so far. */
  async read(): Promise<void> {
    while (this.#pending.length > 0) {
      this.#pending.shift()?.();
      await settled();
    }
  }

  /** Lists the texts that have been written, each of 98 characters by its first. */
  get texts(): string[] {
    const all = Buffer.concat(this.writes).toString('latin1');
    return all.match(/\x81b./g)?.map((frame) => frame[2]) ?? [];
  }
}

interface BenchOptions {
  readonly policy?: OutboundPolicy;
  readonly highWaterMark?: number;
}

class Bench {
  readonly clock = new ManualClock();
  readonly client: SlowClient;
  readonly outbound: Outbound;
  dropped = 0;
  exceeded = 0;

  constructor({ policy = 'close', highWaterMark = 100 }: BenchOptions = {}) {
    this.client = new SlowClient({ highWaterMark });
    const settings = {
      maxOutboundBytes: 500,
      outboundPolicy: policy,
      outboundTimeoutMs: 10_000,
    };
    const host = {
      settings,
      clock: this.clock,
      batch: new WriteBatch(),
      frameDropped: () => this.dropped++,
    };
    this.outbound = new Outbound(this.client as never, host, () => this.exceeded++);
  }

  /** Sends frames of 100 bytes, each told by its one character. */
  send(names: string): void {
    for (const name of names) this.outbound.send(new Frame(name + 'x'.repeat(97)));
  }
}

const byName = coalesce((data) => (typeof data === 'string' ? data[0] : undefined));

describe('Outbound', () => {
  it('writes the frames of one turn at once', async () => {
    const bench = new Bench({ highWaterMark: 10_000 });
    bench.send('abc');
    expect(bench.client.writes).toEqual([]);
    await settled();
    expect(bench.client.writes.map(({ length }) => length)).toEqual([300]);
    expect(bench.client.texts).toEqual(['a', 'b', 'c']);
  });

  it('writes the very bytes of a frame that is alone in its turn', async () => {
    const bench = new Bench({ highWaterMark: 10_000 });
    const frame = new Frame('shared');
    bench.outbound.send(frame);
    await settled();
    expect(bench.client.writes[0]).toBe(frame.wire);
  });

  it('does not wait for the end of a turn with more than one write carries', () => {
    const bench = new Bench({ highWaterMark: 1_000_000 });
    bench.outbound.send(new Frame('x'.repeat(65_536)));
    expect(bench.client.writes).toHaveLength(1);
  });

  it('keeps frames while its client does not read, and sends them in order when it does', async () => {
    const bench = new Bench();
    bench.send('a');
    await settled();
    bench.send('bc');
    await settled();
    bench.send('d');
    expect(bench.client.texts).toEqual(['a']);
    await bench.client.read();
    expect(bench.client.texts).toEqual(['a', 'b', 'c', 'd']);
    bench.send('e');
    await settled();
    await bench.client.read();
    expect(bench.client.texts).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('says once when more waits than may, and keeps nothing more', async () => {
    const bench = new Bench();
    bench.send('a');
    await settled();
    bench.send('bcde');
    expect(bench.exceeded).toBe(0);
    bench.send('fgh');
    expect(bench.exceeded).toBe(1);
    await bench.client.read();
    expect(bench.client.texts).toEqual(['a']);
  });

  it('drops what does not fit and counts it, when that is the policy', async () => {
    const bench = new Bench({ policy: 'drop' });
    bench.send('a');
    await settled();
    bench.send('bcdefg');
    expect([bench.dropped, bench.exceeded]).toEqual([2, 0]);
    await bench.client.read();
    expect(bench.client.texts).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('keeps the latest of each key, when that is the policy', async () => {
    const bench = new Bench({ policy: byName });
    bench.send('a');
    await settled();
    bench.send('bcbcbcbcbcb');
    await bench.client.read();
    expect(bench.client.texts).toEqual(['a', 'c', 'b']);
    expect(bench.exceeded).toBe(0);
  });

  it('is stalled when its client has read nothing for too long', async () => {
    const bench = new Bench();
    expect(bench.outbound.isStalled(1e9)).toBe(false);
    bench.send('a');
    await settled();
    expect(bench.outbound.isStalled(9_999)).toBe(false);
    expect(bench.outbound.isStalled(10_000)).toBe(true);
    await bench.client.read();
    expect(bench.outbound.isStalled(10_000)).toBe(false);
  });

  it('gives its client time anew after the process stood still', async () => {
    const bench = new Bench();
    bench.send('a');
    await settled();
    bench.outbound.forgive(90_000);
    expect(bench.outbound.isStalled(99_999)).toBe(false);
    expect(bench.outbound.isStalled(100_000)).toBe(true);
    await bench.client.read();
    bench.outbound.forgive(200_000);
    expect(bench.outbound.isStalled(1e9)).toBe(false);
  });

  it('hands everything over when it ends, ahead of what others write', async () => {
    const bench = new Bench();
    bench.send('a');
    await settled();
    bench.send('bc');
    bench.outbound.end();
    bench.client.write('close');
    bench.send('d');
    await bench.client.read();
    expect(bench.client.texts).toEqual(['a', 'b', 'c']);
    expect(bench.client.writes.at(-1)?.toString()).toBe('close');
  });

  it('writes what its last turn collected when it ends', () => {
    const bench = new Bench();
    bench.send('ab');
    bench.outbound.end();
    expect(bench.client.texts).toEqual(['a', 'b']);
  });

  it('forgets what waits when it is told to', async () => {
    const bench = new Bench();
    bench.send('a');
    await settled();
    bench.send('bc');
    bench.outbound.discard();
    await bench.client.read();
    expect(bench.client.texts).toEqual(['a']);
  });
});
