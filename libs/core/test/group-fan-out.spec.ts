import { describe, expect, it } from '@jest/globals';
import { type Content, ManualClock } from '@nest-channels/core';
import { GroupFanOut } from '../src/group-fan-out.js';
import { MemoryGroups, type GroupReaders } from '../src/memory-groups.js';
import { turnsUntil } from './support/turns.js';

const SLICE = 200;

function readersOf(count: number, prefix = 'c'): GroupReaders {
  const groups = new MemoryGroups(new ManualClock(), { expiryMs: 1_000, maxGroupsPerChannel: 128 });
  for (let id = 0; id < count; id++) groups.add('room', `${prefix}${id}`);
  return groups.readers('room');
}

function setUp() {
  const delivered: { readonly name: string; readonly content: Content }[] = [];
  const fanOut = new GroupFanOut<Content>((readers, content) => {
    for (const { name } of readers) delivered.push({ name, content });
  });
  const namesOf = (id: number): string[] =>
    delivered.filter(({ content }) => content['id'] === id).map(({ name }) => name);
  return { delivered, fanOut, namesOf };
}

function names(count: number, prefix = 'c'): string[] {
  return Array.from({ length: count }, (_, id) => `${prefix}${id}`);
}

describe('GroupFanOut', () => {
  it('delivers to each reader once, in their order', async () => {
    const { fanOut, namesOf } = setUp();
    await fanOut.send('room', readersOf(1_050), { id: 1 });
    expect(namesOf(1)).toEqual(names(1_050));
  });

  it('delivers to few readers before it returns', () => {
    const { fanOut, namesOf } = setUp();
    const sent = fanOut.send('room', readersOf(SLICE), { id: 1 });
    expect(namesOf(1)).toEqual(names(SLICE));
    return sent;
  });

  it('serves no reader when there is none', async () => {
    const { delivered, fanOut } = setUp();
    await fanOut.send('room', readersOf(0), { id: 1 });
    expect(delivered).toEqual([]);
  });

  it.each([
    [SLICE + 1, 1],
    [5 * SLICE, 4],
    [5 * SLICE + 1, 5],
  ])('lets the event loop turn between the slices of %d readers', async (count, turns) => {
    const { delivered, fanOut } = setUp();
    const perTurn: number[] = [];
    const sent = fanOut.send('room', readersOf(count), { id: 1 });
    perTurn.push(delivered.length);
    const taken = await turnsUntil(sent);
    expect(delivered).toHaveLength(count);
    expect(taken).toBeGreaterThanOrEqual(turns);
    expect(perTurn[0]).toBeLessThanOrEqual(SLICE);
  });

  it('never delivers more than a slice in one turn of the event loop', async () => {
    const { delivered, fanOut } = setUp();
    let before = 0;
    await turnsUntil(fanOut.send('room', readersOf(2_000), { id: 1 }), () => {
      expect(delivered.length - before).toBeLessThanOrEqual(2 * SLICE);
      before = delivered.length;
    });
    expect(before).toBe(2_000);
  });

  it('finishes the messages of one group in the order they were sent', async () => {
    const { delivered, fanOut } = setUp();
    const counts = [1_000, 1, 500, 0, 3];
    const order: number[] = [];
    await Promise.all(
      counts.map((count, id) =>
        fanOut.send('room', readersOf(count), { id }).then(() => order.push(id)),
      ),
    );
    const ids = delivered.map(({ content }) => content['id']);
    expect(ids).toEqual(counts.flatMap((count, id) => Array.from({ length: count }, () => id)));
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('does not have one group wait for another', async () => {
    const { fanOut, namesOf } = setUp();
    const large = fanOut.send('large', readersOf(5_000), { id: 1 });
    const small = fanOut.send('small', readersOf(2, 's'), { id: 2 });
    expect(namesOf(2)).toEqual(names(2, 's'));
    await small;
    expect(namesOf(1).length).toBeLessThan(5_000);
    await large;
    expect(namesOf(1)).toEqual(names(5_000));
  });

  it('serves several large groups side by side', async () => {
    const { fanOut, namesOf } = setUp();
    const one = fanOut.send('one', readersOf(1_000), { id: 1 });
    const two = fanOut.send('two', readersOf(1_000), { id: 2 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(namesOf(1).length).toBeLessThan(1_000);
    expect(namesOf(2).length).toBeGreaterThan(0);
    await Promise.all([one, two]);
    expect([namesOf(1).length, namesOf(2).length]).toEqual([1_000, 1_000]);
  });

  it('delivers at once again when the sends before are done', async () => {
    const { fanOut, namesOf } = setUp();
    await fanOut.send('room', readersOf(1_000), { id: 1 });
    const sent = fanOut.send('room', readersOf(2), { id: 2 });
    expect(namesOf(2)).toEqual(names(2));
    await sent;
  });

  it('goes on with a group after a send to it failed', async () => {
    const delivered: unknown[] = [];
    const fanOut = new GroupFanOut<Content>((_readers, content) => {
      if (content['fails']) throw new Error('cannot be delivered');
      delivered.push(content['id']);
    });
    const failing = fanOut.send('room', readersOf(SLICE + 1), { fails: true });
    const waiting = fanOut.send('room', readersOf(1), { id: 1 }).catch((error: unknown) => error);
    await expect(failing).rejects.toThrow('cannot be delivered');
    await waiting;
    await fanOut.send('room', readersOf(1), { id: 2 });
    expect(delivered).toEqual([1, 2]);
  });
});
