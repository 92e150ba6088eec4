import { ManualClock } from '@nest-channels/core';
import { describe, expect, it } from '@jest/globals';
import { redisLocks } from '@nest-channels/sessions';

/** Is as much of a Redis as locks use; the real one is in e2e/stores.spec.ts. */
class Keys {
  readonly keys = new Map<string, string>();

  set(key: string, value: string): Promise<'OK' | null> {
    if (this.keys.has(key)) return Promise.resolve(null);
    this.keys.set(key, value);
    return Promise.resolve('OK');
  }

  eval(_script: string, _count: number, key: string, value: string): Promise<number> {
    return Promise.resolve(this.keys.get(key) === value && this.keys.delete(key) ? 1 : 0);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('locks in Redis', () => {
  it('are held under a name of their own, and given back', async () => {
    const client = new Keys();
    const release = await redisLocks(client, { prefix: 'p:' }).acquire('a');
    expect([...client.keys.keys()]).toEqual(['p:a']);
    await release();
    expect(client.keys.size).toBe(0);
  });

  it('are waited for', async () => {
    const [client, clock] = [new Keys(), new ManualClock()];
    const locks = redisLocks(client, { clock });
    const release = await locks.acquire('a');
    const next = locks.acquire('a');
    await turn();
    await release();
    clock.advance(10);
    await (
      await next
    )();
  });

  it('are given up after timeoutMs', async () => {
    const [client, clock] = [new Keys(), new ManualClock()];
    const locks = redisLocks(client, { clock, timeoutMs: 20 });
    await locks.acquire('a');
    const failure = expect(locks.acquire('a')).rejects.toMatchObject({
      code: 'CHANNELS_SESSION_LOCKED',
    });
    for (let step = 0; step < 3; step++) {
      await turn();
      clock.advance(10);
    }
    await failure;
  });

  it('are given up when Redis is silent, and given back when it speaks at last', async () => {
    const [client, clock] = [new Keys(), new ManualClock()];
    let speak = (): void => undefined;
    const silent = {
      set: async (key: string, value: string) => {
        await new Promise<void>((resolve) => (speak = resolve));
        return client.set(key, value);
      },
      eval: client.eval.bind(client),
    };
    const acquiring = redisLocks(silent, { clock }).acquire('a');
    const failure = expect(acquiring).rejects.toMatchObject({ code: 'CHANNELS_SESSION_LOCKED' });
    clock.advance(5_000);
    await failure;
    speak();
    await turn();
    expect(client.keys.size).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it('that ran out and were taken by another stay with that one', async () => {
    const client = new Keys();
    const locks = redisLocks(client);
    const release = await locks.acquire('a');
    client.keys.clear();
    await locks.acquire('a');
    await release();
    expect(client.keys.size).toBe(1);
  });
});
