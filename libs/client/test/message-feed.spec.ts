import { describe, expect, it, jest } from '@jest/globals';
import { MessageFeed } from '../src/message-feed.js';

describe('MessageFeed', () => {
  it('gives messages in order, those that waited and those that are waited for', async () => {
    const feed = new MessageFeed<number>(2, () => undefined);
    feed.push(1);
    feed.push(2);
    const read: number[] = [];
    for await (const message of feed) {
      read.push(message);
      if (message === 2) setImmediate(() => feed.push(3));
      if (message === 3) feed.end();
    }
    expect(read).toEqual([1, 2, 3]);
  });

  it('fails its reader once when too many wait, after those it has', async () => {
    const released = jest.fn();
    const feed = new MessageFeed<number>(1, released);
    feed.push(1);
    feed.push(2);
    expect(await feed.next()).toEqual({ done: false, value: 1 });
    await expect(feed.next()).rejects.toMatchObject({ code: 'CHANNELS_CLIENT_FEED_FULL' });
    expect(await feed.next()).toEqual({ done: true, value: undefined });
    expect(released).toHaveBeenCalledTimes(1);
  });

  it('ends all that wait when it ends, and when its reader leaves', async () => {
    const feed = new MessageFeed<number>(1, () => undefined);
    const waiting = [feed.next(), feed.next()];
    await feed.return();
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    feed.push(1);
    expect(await feed.next()).toEqual({ done: true, value: undefined });
  });
});
