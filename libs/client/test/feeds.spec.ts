import { describe, expect, it } from '@jest/globals';
import { Feeds } from '../src/feeds.js';
import { Subscriptions } from '../src/subscriptions.js';

const OVER = { done: true, value: undefined };

describe('Feeds', () => {
  const subscriptions = new Subscriptions(() => undefined);
  const feeds = new Feeds(subscriptions);

  it('begin with what comes on their stream', async () => {
    const feed = feeds.begin('jobs');
    subscriptions.deliver({ stream: null, message: 1 });
    subscriptions.deliver({ stream: 'jobs', message: 2 });
    expect(await feed.next()).toEqual({ done: false, value: 2 });
    feed.end();
  });

  it('end by their signal, one that is aborted before too', async () => {
    const abort = new AbortController();
    const before = feeds.begin('jobs', { signal: abort.signal });
    abort.abort();
    const after = feeds.begin('jobs', { signal: abort.signal });
    expect([await before.next(), await after.next()]).toEqual([OVER, OVER]);
  });

  it('end all at once, with an error where there is one', async () => {
    const [one, two] = [feeds.begin('a'), feeds.begin(null)];
    feeds.end(new Error('over'));
    await expect(one.next()).rejects.toThrow('over');
    await expect(two.next()).rejects.toThrow('over');
    feeds.end(new Error('nobody hears this'));
    expect(await one.next()).toEqual(OVER);
  });
});
