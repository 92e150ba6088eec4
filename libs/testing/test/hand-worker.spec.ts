import { afterEach, describe, expect, it } from '@jest/globals';
import { Jobs } from './support/consumers.js';
import { Tests } from './support/tests.js';

const tests = new Tests();
afterEach(tests.close);

describe('a hand worker', () => {
  it('handles one message at a time and tells how it ended', async () => {
    const test = await tests.start({ providers: [Jobs], worker: 'by hand' });
    const jobs = test.channels.channel('jobs');
    await jobs.send({ id: 1 });
    await jobs.send({ id: 2, fail: true });
    expect(await test.hand.consume('jobs')).toMatchObject({ ending: 'returned', value: 'job 1' });
    expect(await test.hand.consume('jobs')).toMatchObject({ ending: 'threw', content: { id: 2 } });
    expect(await test.hand.consume('jobs')).toBeUndefined();
  });

  it('counts what it drains', async () => {
    const test = await tests.start({ providers: [Jobs], worker: 'by hand' });
    await test.channels.channel('jobs').send({ id: 1 });
    expect(await test.hand.drain('default')).toBe(2);
    expect(await test.hand.drain('default')).toBe(0);
  });
});
