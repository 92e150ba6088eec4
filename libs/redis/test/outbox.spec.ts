import { describe, expect, it } from '@jest/globals';
import { Outbox, type Outgoing } from '../src/outbox.js';
import { range } from './support/range.js';

function message(id: number, bytes = 1): Outgoing {
  return {
    name: `jobs${id}`,
    capacity: 1,
    channel: `jobs${id}`,
    body: Buffer.alloc(bytes),
    deadline: 0,
  };
}

describe('an outbox', () => {
  it('sends together what comes in one turn, and answers each on its own', async () => {
    const batches: number[] = [];
    const outbox = new Outbox((messages) => {
      batches.push(messages.length);
      return Promise.resolve(messages.map(({ name }) => Number(name.slice(4))));
    });
    const sizes = await Promise.all(range(5).map((id) => outbox.send(message(id))));
    expect(sizes).toEqual([0, 1, 2, 3, 4]);
    expect(batches).toEqual([5]);
  });

  it('bounds what goes together, in number and in bytes', async () => {
    const batches: number[] = [];
    const outbox = new Outbox((messages) => {
      batches.push(messages.length);
      return Promise.resolve(messages.map(() => 0));
    });
    await Promise.all(range(258).map((id) => outbox.send(message(id))));
    await Promise.all(range(3).map((id) => outbox.send(message(id, 600_000))));
    expect(batches).toEqual([256, 2, 1, 1, 1]);
  });

  it('keeps the order of messages and tasks', async () => {
    const done: string[] = [];
    const outbox = new Outbox((messages) => {
      done.push(...messages.map(({ name }) => name));
      return Promise.resolve(messages.map(() => 0));
    });
    const task = async (): Promise<void> => void done.push('task');
    await Promise.all([outbox.send(message(1)), outbox.run(task), outbox.send(message(2))]);
    expect(done).toEqual(['jobs1', 'task', 'jobs2']);
  });

  it('fails what waits behind a request that failed, as never sent, and goes on', async () => {
    let isDown = true;
    const outbox = new Outbox((messages) =>
      isDown ? Promise.reject(new Error('down')) : Promise.resolve(messages.map(() => 1)),
    );
    const sends = range(258).map((id) => outbox.send(message(id)));
    const outcomes = await Promise.allSettled(sends);
    expect(outcomes[0]).toMatchObject({ reason: { message: 'down' } });
    expect(outcomes[257]).toMatchObject({ reason: { executed: 'no' } });
    isDown = false;
    expect(await outbox.send(message(1))).toBe(1);
  });

  it('refuses with a message what waits behind it for the same channel, so that none overtakes', async () => {
    const batches: string[][] = [];
    const outbox = new Outbox((messages) => {
      batches.push(messages.map(({ name }) => name));
      // There is room again before the second request.
      return Promise.resolve(messages.map(() => (batches.length === 1 ? -1 : 1)));
    });
    const sends = [message(7), message(1, 1_048_576), message(7), message(8)];
    const sizes = await Promise.all(sends.map((each) => outbox.send(each)));
    expect(sizes).toEqual([-1, 1, -1, 1]);
    expect(batches).toEqual([['jobs7'], ['jobs1'], ['jobs8']]);
    expect(await outbox.send(message(7))).toBe(1);
  });
});
