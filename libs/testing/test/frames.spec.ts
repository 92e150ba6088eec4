import { describe, expect, it } from '@jest/globals';
import { ConnectionClosed, TestTimeout } from '../src/index.js';
import { Frames } from '../src/frames.js';
import { Patience } from '../src/patience.js';

const patience = new Patience(1_000, () => '');

describe('frames', () => {
  it('are taken in order, before and after they arrive', async () => {
    const frames = new Frames('/');
    frames.add('one');
    expect([frames.size, frames.peek()]).toEqual([1, 'one']);
    expect(await frames.next(patience)).toBe('one');
    const next = frames.next(patience);
    frames.add('two');
    expect(await next).toBe('two');
  });

  it('that came before the end are taken after it, then the end is told', async () => {
    const frames = new Frames('/');
    frames.add('last');
    frames.end({ code: 4000, reason: 'bye' });
    expect(await frames.next(patience)).toBe('last');
    await expect(frames.next(patience)).rejects.toThrow(ConnectionClosed);
  });

  it('are not waited for beyond the end or beyond patience', async () => {
    const frames = new Frames('/');
    await expect(frames.next(new Patience(1, () => ''))).rejects.toThrow(TestTimeout);
    const next = new Frames('/other');
    const waiting = next.next(patience);
    next.end({ code: 1000, reason: '' });
    await expect(waiting).rejects.toThrow(ConnectionClosed);
  });
});
