import { describe, expect, it } from '@jest/globals';
import { type ChannelLayer, memoryLayer, type Subscription } from '@nest-channels/core';
import * as fc from 'fast-check';
import { contents } from '../support/messages.js';

const CHANNELS = ['a', 'b', 'server!'] as const;

interface Plan {
  readonly sends: readonly string[];
  readonly receives: readonly { readonly from: readonly string[]; readonly max: number }[];
  readonly subscribes: readonly (readonly string[])[];
}

const from = fc.shuffledSubarray([...CHANNELS], { minLength: 1 });
const plan: fc.Arbitrary<Plan> = fc.record({
  sends: fc.array(fc.constantFrom('a', 'b', 'server!x', 'server!y'), { maxLength: 12 }),
  receives: fc.array(fc.record({ from, max: fc.integer({ min: 1, max: 3 }) }), { maxLength: 8 }),
  subscribes: fc.array(from, { maxLength: 2 }),
});

/** Begins everything of a plan at moments that a scheduler picks, and ends readers at others. */
class Schedule {
  readonly received: number[][] = [];
  readonly accepted: number[] = [];
  readonly layer: ChannelLayer = memoryLayer();

  constructor(private readonly scheduler: fc.Scheduler) {}

  async run({ sends, receives, subscribes }: Plan): Promise<void> {
    const work = [
      ...receives.map((wait) => this.#receive(wait)),
      ...subscribes.map((channels) => this.#subscribe(channels)),
      this.#sendAll(sends),
    ];
    await this.scheduler.waitFor(Promise.all(work));
  }

  async #sendAll(sends: readonly string[]): Promise<void> {
    for (const [id, channel] of sends.entries()) {
      await this.scheduler.schedule(Promise.resolve(), `send ${id}`);
      await this.layer.send(channel, { id });
      this.accepted.push(id);
    }
  }

  async #receive({ from: channels, max }: Plan['receives'][number]): Promise<void> {
    const controller = new AbortController();
    const aborted = this.scheduler
      .schedule(Promise.resolve(), 'abort')
      .then(() => controller.abort());
    await this.scheduler.schedule(Promise.resolve(), 'receive');
    const messages = await this.layer.receive(channels, { signal: controller.signal, max });
    this.received.push(messages.map(({ content }) => content['id'] as number));
    await aborted;
  }

  async #subscribe(channels: readonly string[]): Promise<void> {
    await this.scheduler.schedule(Promise.resolve(), 'subscribe');
    const ids: number[] = [];
    const subscription: Subscription = this.layer.subscribe(channels, ({ content }) => {
      ids.push(content['id'] as number);
    });
    this.received.push(ids);
    for (const what of ['pause', 'resume', 'close'] as const) {
      await this.scheduler.schedule(Promise.resolve(), what);
      subscription[what]();
    }
  }
}

describe('memoryLayer, under any schedule', () => {
  it('P4: loses and doubles nothing when receives are cancelled at any moment', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), plan, async (scheduler, given) => {
        const schedule = new Schedule(scheduler);
        await schedule.run(given);
        const left = (await contents(schedule.layer, CHANNELS)).map(({ id }) => id as number);
        const all = [...schedule.received.flat(), ...left].toSorted((a, b) => a - b);
        expect(all).toEqual(schedule.accepted);
        for (const ids of [...schedule.received, left]) {
          expect(ids).toEqual(ids.toSorted((a, b) => a - b));
        }
        const { messagesCount, messagesReceived } = schedule.layer.statistics();
        expect([messagesCount, messagesReceived]).toEqual([all.length, all.length]);
      }),
      { numRuns: 1_000 },
    );
  });
});
