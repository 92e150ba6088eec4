import { describe, expect, it } from '@jest/globals';
import { Lanes } from '../../src/worker/lanes.js';
import { deferred, type Deferred } from '../support/deferred.js';
import { settled } from '../support/settled.js';

/** Starts tasks that note when they begin and end when the test says so. */
class Tasks {
  readonly lanes = new Lanes();
  readonly begun: string[] = [];
  readonly #gates = new Map<string, Deferred<void>>();

  start(lane: string, name: string): Promise<void> {
    const gate = deferred();
    this.#gates.set(name, gate);
    return this.lanes.run(lane, () => {
      this.begun.push(name);
      return gate.promise;
    });
  }

  end(name: string): void {
    this.#gates.get(name)?.resolve();
  }
}

describe('Lanes', () => {
  it('starts a task at once in a free lane', async () => {
    const tasks = new Tasks();
    const done = tasks.start('a', 'a1');
    expect(tasks.begun).toEqual(['a1']);
    tasks.end('a1');
    await done;
  });

  it('runs the tasks of a lane one after another, in order', async () => {
    const tasks = new Tasks();
    const done = ['a1', 'a2', 'a3'].map((name) => tasks.start('a', name));
    tasks.end('a3');
    tasks.end('a2');
    await settled();
    expect(tasks.begun).toEqual(['a1']);
    tasks.end('a1');
    await Promise.all(done);
    expect(tasks.begun).toEqual(['a1', 'a2', 'a3']);
  });

  it('runs the tasks of different lanes side by side', async () => {
    const tasks = new Tasks();
    const done = ['a1', 'b1', 'c1'].map((name) => tasks.start(name[0], name));
    expect(tasks.begun).toEqual(['a1', 'b1', 'c1']);
    const waiting = tasks.start('b', 'b2');
    tasks.end('b1');
    await done[1];
    await settled();
    expect(tasks.begun).toEqual(['a1', 'b1', 'c1', 'b2']);
    for (const name of ['a1', 'b2', 'c1']) tasks.end(name);
    await Promise.all([...done, waiting]);
  });

  it('resolves when the task has ended, not the whole lane', async () => {
    const tasks = new Tasks();
    const first = tasks.start('a', 'a1');
    const second = tasks.start('a', 'a2');
    tasks.end('a1');
    await first;
    expect(tasks.begun).toEqual(['a1', 'a2']);
    tasks.end('a2');
    await second;
  });

  it('queues behind a task that was started when an earlier one had ended', async () => {
    const tasks = new Tasks();
    const first = tasks.start('a', 'a1');
    const second = tasks.start('a', 'a2');
    tasks.end('a1');
    await first;
    const third = tasks.start('a', 'a3');
    await settled();
    expect(tasks.begun).toEqual(['a1', 'a2']);
    tasks.end('a2');
    await second;
    tasks.end('a3');
    await third;
    expect(tasks.begun).toEqual(['a1', 'a2', 'a3']);
  });

  it('forgets a lane whose tasks have ended: the next starts at once', async () => {
    const tasks = new Tasks();
    const done = [tasks.start('a', 'a1'), tasks.start('a', 'a2')];
    tasks.end('a1');
    tasks.end('a2');
    await Promise.all(done);
    const next = tasks.start('a', 'a3');
    expect(tasks.begun).toEqual(['a1', 'a2', 'a3']);
    tasks.end('a3');
    await next;
  });

  it('runs a task that a running one starts when that has ended', async () => {
    const lanes = new Lanes();
    const begun: string[] = [];
    let inner: Promise<void> | undefined;
    await lanes.run('a', async () => {
      begun.push('outer');
      await settled();
      inner = lanes.run('a', async () => void begun.push('inner'));
      await settled();
      begun.push('outer ends');
    });
    await inner;
    expect(begun).toEqual(['outer', 'outer ends', 'inner']);
  });

  it('takes any text for a lane', async () => {
    const tasks = new Tasks();
    const names = ['__proto__', 'constructor', '', 'server.x!1'];
    const done = names.map((name) => tasks.start(name, name));
    expect(tasks.begun).toEqual(names);
    for (const name of names) tasks.end(name);
    await Promise.all(done);
  });
});
