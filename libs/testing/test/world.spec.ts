import { describe, expect, it } from '@jest/globals';
import { systemClock } from '@nest-channels/core';
import { TestTimeout } from '../src/index.js';
import { World } from '../src/world.js';

describe('a world', () => {
  it('moves its time on in steps of a second', async () => {
    const world = new World();
    const seen: number[] = [];
    const tick = (): void => {
      seen.push(world.clock.now());
      if (seen.length < 3) world.clock.setTimer(tick, 700);
    };
    world.clock.setTimer(tick, 700);
    await world.advance(2_500);
    expect([seen, world.clock.now()]).toEqual([[700, 1400, 2100], 2500]);
  });

  it('moves time on although something runs that waits for it', async () => {
    const world = new World();
    world.join({ isBusy: () => true, mark: () => 0 });
    await world.advance(1_000);
    expect(world.clock.now()).toBe(1_000);
  });

  it('has no patience with what does not come to rest', async () => {
    const world = new World({ patienceMs: 1 });
    const busy = { isBusy: () => true, mark: () => 0 };
    world.join(busy);
    await expect(world.idle()).rejects.toThrow(TestTimeout);
  });

  it('waits for no process that has left', async () => {
    const world = new World();
    const busy = { isBusy: () => true, mark: () => 0 };
    world.join(busy);
    world.leave(busy);
    await world.idle();
  });

  it('leaves the time of the system alone', async () => {
    const world = new World({ time: 'system' });
    expect(world.clock).toBe(systemClock);
    await expect(world.advance(1)).rejects.toThrow(TypeError);
  });

  it.each(['virtual', 'system'] as const)('sees out what stops by its %s time', async (time) => {
    const world = new World({ time });
    const stopping = new Promise<void>((resolve) => {
      world.clock.setTimer(resolve, time === 'virtual' ? 30_000 : 1);
    });
    await world.seeOut(stopping);
    await expect(world.seeOut(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
