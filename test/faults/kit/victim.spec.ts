import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Victim } from './victim.js';

const SCRIPT = fileURLToPath(new URL('../app/sandbag.mjs', import.meta.url));

let victim: Victim;

beforeEach(async () => {
  victim = new Victim('sandbag', { script: SCRIPT });
  await victim.start();
});
afterEach(() => victim.kill());

describe('a victim', () => {
  it('is up when it says so, and answers', async () => {
    expect(victim.state).toBe('up');
    expect(await victim.ask('pid', { n: 1 })).toEqual({
      kind: 'pid',
      n: 1,
      pid: expect.any(Number),
    });
    expect(victim.output).toBe('here\n');
  });

  it('is killed without a word', async () => {
    expect(await victim.kill()).toBe('SIGKILL');
    expect(victim.state).toBe('down');
  });

  it('may end in its own way', async () => {
    expect(await victim.terminate()).toBe(7);
  });

  it('hears nothing while it is frozen, and goes on when it thaws', async () => {
    victim.freeze();
    let isAnswered = false;
    const answer = victim.ask('pid').then(() => (isAnswered = true));
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect([victim.state, isAnswered]).toEqual(['frozen', false]);
    victim.thaw();
    await answer;
    expect(victim.state).toBe('up');
  });

  it('is another process after a restart', async () => {
    const { pid } = await victim.ask('pid');
    await victim.restart();
    expect((await victim.ask('pid')).pid).not.toBe(pid);
  });

  it('tells why it did not start', async () => {
    const broken = new Victim('broken', { script: `${SCRIPT}.missing` });
    await expect(broken.start()).rejects.toThrow('broken ended with 1 before it was ready');
  });
});
