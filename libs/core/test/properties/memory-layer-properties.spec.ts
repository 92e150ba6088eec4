import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { ModelLimits } from '../support/layer-model.js';
import { histories, runHistory, type StepWeights } from '../support/layer-steps.js';
import { corpus } from './corpus.js';

const LIMITS: ModelLimits = {
  capacity: 3,
  mailboxCapacity: 4,
  expiryMs: 100,
  groupExpiryMs: 250,
};

/** Checks all of the model after each step of a thousand histories of these steps. */
async function assertModel(weights: StepWeights, limits: ModelLimits = LIMITS): Promise<void> {
  await fc.assert(
    fc.asyncProperty(histories(weights), async (steps) => {
      await runHistory(steps, limits);
    }),
    { numRuns: 1_000, examples: corpus() },
  );
}

describe('memoryLayer, beside a model', () => {
  it('P1: delivers each message at most once, in order, to who came first', async () => {
    await assertModel({
      send: 10,
      receive: 6,
      abort: 3,
      subscribe: 1,
      pause: 2,
      resume: 2,
      close: 1,
      flush: 1,
      newChannel: 1,
      statistics: 1,
    });
  });

  it('P2: never holds more than its capacity, and refuses nothing below it', async () => {
    const limits = { ...LIMITS, capacity: 1, mailboxCapacity: 2 };
    await assertModel(
      { send: 12, groupAdd: 2, groupSend: 4, receive: 4, abort: 2, advance: 2, flush: 1 },
      limits,
    );
  });

  it('P3: sends to exactly the members that have room, to each once', async () => {
    await assertModel({
      groupAdd: 8,
      groupDiscard: 2,
      closeChannel: 2,
      groupSend: 8,
      send: 2,
      receive: 3,
      subscribe: 1,
      pause: 1,
      abort: 1,
      advance: 2,
      flush: 1,
      statistics: 2,
    });
  });

  it('P5: expires messages and memberships by its own clock, and nothing else', async () => {
    await assertModel({
      send: 6,
      groupAdd: 4,
      groupSend: 4,
      advance: 8,
      receive: 3,
      abort: 2,
      subscribe: 1,
      pause: 2,
      resume: 1,
      statistics: 2,
    });
  });

  it('P5: takes no time from the wall clock or from its senders', async () => {
    const wallClock = Date.now;
    await fc.assert(
      fc.asyncProperty(
        histories({ send: 4, advance: 4, receive: 2, groupAdd: 2, groupSend: 2 }),
        fc.integer({ min: -3_600_000, max: 3_600_000 }),
        async (steps, skewMs) => {
          Date.now = () => wallClock() + skewMs;
          try {
            await runHistory(steps, LIMITS);
          } finally {
            Date.now = wallClock;
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(Date.now).toBe(wallClock);
  });
});
