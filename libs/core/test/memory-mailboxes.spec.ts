import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { MemoryMailboxes, type MailboxesOptions } from '../src/memory-mailboxes.js';
import type { MemoryMailbox, Posted, Receiver } from '../src/memory-mailbox.js';

const receiver: Receiver = { serve: () => undefined, end: () => undefined };

function posted(sentAt: number, id = 0): Posted {
  return { content: { id }, sentAt, arrival: id, isShared: true };
}

function setUp(options: Partial<MailboxesOptions> = {}) {
  const clock = new ManualClock();
  const expired: unknown[] = [];
  const mailboxes = new MemoryMailboxes({
    capacity: 3,
    mailboxCapacity: 5,
    expiryMs: 1_000,
    clock,
    onExpired: ({ name }, messages) => expired.push([name, messages.length]),
    ...options,
  });
  const fill = (name: string): MemoryMailbox => {
    const mailbox = mailboxes.of(name);
    mailbox.put(posted(clock.now()));
    mailboxes.watch(mailbox);
    return mailbox;
  };
  const count = (): number => Array.from(mailboxes.all()).length;
  const share = (names: readonly string[], id = 0): string[] =>
    mailboxes
      .share(
        names.map((name) => ({ name })),
        posted(clock.now(), id),
      )
      .map(({ name }) => name);
  const ids = (name: string): unknown[] => {
    const mailbox = mailboxes.find(name);
    return Array.from({ length: mailbox?.size ?? 0 }, () => mailbox?.shift()?.content['id']);
  };
  return { clock, expired, mailboxes, fill, count, share, ids };
}

describe('MemoryMailboxes', () => {
  it('makes a mailbox when it is asked for one and finds it from then on', () => {
    const { mailboxes } = setUp();
    expect(mailboxes.find('jobs')).toBeUndefined();
    const jobs = mailboxes.of('jobs');
    expect(jobs.name).toBe('jobs');
    expect(mailboxes.of('jobs')).toBe(jobs);
    expect(mailboxes.find('jobs')).toBe(jobs);
    expect([...mailboxes.all()]).toEqual([jobs]);
  });

  it('gives each mailbox the capacity that its name decides', () => {
    const { mailboxes } = setUp({ channelCapacity: [['mail.*', 7]] });
    const capacities = ['jobs', 'server!', 'mail.bulk'].map((name) => mailboxes.of(name).rules);
    expect(capacities.map(({ capacity }) => capacity)).toEqual([3, 5, 7]);
    expect(capacities.map(({ expiryMs }) => expiryMs)).toEqual([1_000, 1_000, 1_000]);
  });

  it('keeps a released mailbox for its next use', () => {
    const { mailboxes } = setUp();
    const jobs = mailboxes.of('jobs');
    mailboxes.release(jobs);
    expect(mailboxes.find('jobs')).toBe(jobs);
  });

  it('keeps at most 1,000 empty mailboxes, the last released ones', () => {
    const { mailboxes, count } = setUp();
    for (let id = 0; id < 1_500; id++) mailboxes.release(mailboxes.of(`body?${id}`));
    expect(count()).toBe(1_000);
    expect(mailboxes.find('body?499')).toBeUndefined();
    expect(mailboxes.find('body?500')).toBeDefined();
    expect(mailboxes.find('body?1499')).toBeDefined();
  });

  it('never lets go of a mailbox that holds messages or is waited for', () => {
    const { mailboxes, fill, count } = setUp();
    mailboxes.release(fill('full'));
    const awaited = mailboxes.of('awaited');
    awaited.enter(receiver);
    mailboxes.release(awaited);
    const usedAgain = mailboxes.of('used-again');
    mailboxes.release(usedAgain);
    fill('used-again');
    for (let id = 0; id < 2_000; id++) mailboxes.release(mailboxes.of(`body?${id}`));
    expect(mailboxes.find('full')?.size).toBe(1);
    expect(mailboxes.find('awaited')).toBe(awaited);
    expect(mailboxes.find('used-again')).toBe(usedAgain);
    expect(count()).toBeLessThanOrEqual(1_003);
  });

  it('takes a mailbox back that was used again and released again', () => {
    const { mailboxes, fill, count } = setUp();
    const jobs = mailboxes.of('jobs');
    mailboxes.release(jobs);
    fill('jobs');
    for (let id = 0; id < 1_000; id++) mailboxes.release(mailboxes.of(`a${id}`));
    jobs.shift();
    mailboxes.release(jobs);
    for (let id = 0; id < 1_000; id++) mailboxes.release(mailboxes.of(`b${id}`));
    expect(mailboxes.find('jobs')).toBeUndefined();
    expect(count()).toBe(1_000);
  });

  it('expires the messages of those it watches in time', () => {
    const { clock, expired, fill } = setUp();
    fill('a');
    fill('a');
    clock.advance(400);
    fill('b');
    clock.advance(599);
    expect(expired).toEqual([]);
    clock.advance(1);
    expect(expired).toEqual([['a', 2]]);
    clock.advance(400);
    expect(expired).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  it('lets go of the messages and timers of all when it is cleared, and of no receiver', () => {
    const { clock, expired, mailboxes, fill } = setUp();
    for (const name of ['a', 'a', 'b']) fill(name);
    mailboxes.of('a').enter(receiver);
    expect(mailboxes.clear()).toBe(3);
    expect(mailboxes.clear()).toBe(0);
    expect([...mailboxes.of('a').receivers]).toEqual([receiver]);
    clock.advance(10_000);
    expect(expired).toEqual([]);
    fill('b');
    clock.advance(1_000);
    expect(expired).toEqual([['b', 1]]);
  });

  it('keeps at most 1,000 empty mailboxes when many are cleared at once', () => {
    const { mailboxes, fill, count } = setUp();
    for (let id = 0; id < 3_000; id++) fill(`body?${id}`);
    expect(mailboxes.clear()).toBe(3_000);
    expect(count()).toBe(1_000);
  });
});

describe('MemoryMailboxes that share a message', () => {
  it('make no mailbox until somebody asks for it', () => {
    const { mailboxes, share, count } = setUp();
    expect(share(['a', 'b', 'c'])).toEqual([]);
    expect(count()).toBe(0);
    expect(mailboxes.find('b')?.shift()?.content).toEqual({ id: 0 });
    expect(count()).toBe(1);
    expect(mailboxes.find('d')).toBeUndefined();
  });

  it('keep the order of several, for channels that got different ones', () => {
    const { share, ids } = setUp();
    share(['a', 'b', 'c'], 1);
    share(['a', 'c', 'd'], 2);
    share(['d', 'c', 'b'], 3);
    expect(['a', 'b', 'c', 'd'].map(ids)).toEqual([
      [1, 2],
      [1, 3],
      [1, 2, 3],
      [2, 3],
    ]);
  });

  it('return those that have a mailbox, are full or read for others', () => {
    const { mailboxes, fill, share } = setUp({ channelCapacity: [['none', 0]] });
    fill('used');
    for (const id of [1, 2, 3]) expect(share(['full'], id)).toEqual([]);
    expect(share(['free', 'used', 'full', 'none'], 4)).toEqual(['used', 'full', 'none']);
    const behind = { name: 'server!', channels: ['server!a'] };
    expect(mailboxes.share([behind], posted(0))).toEqual([behind]);
    expect(mailboxes.find('full')?.size).toBe(3);
  });

  it('put later messages behind it', () => {
    const { mailboxes, share, ids } = setUp();
    share(['a'], 1);
    mailboxes.of('a').put(posted(0, 2));
    expect(share(['a'], 3)).toEqual(['a']);
    expect(ids('a')).toEqual([1, 2]);
  });

  it('expire it in time where nobody looked', () => {
    const { clock, expired, mailboxes, share } = setUp();
    share(['a', 'b', 'c'], 1);
    clock.advance(400);
    share(['b'], 2);
    mailboxes.find('c')?.shift();
    clock.advance(599);
    expect(expired).toEqual([]);
    clock.advance(1);
    expect(expired).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    clock.advance(400);
    expect(expired).toEqual([
      ['a', 1],
      ['b', 1],
      ['b', 1],
    ]);
  });

  it('expire it in time where somebody looked and left it', () => {
    const { clock, expired, mailboxes, share } = setUp();
    share(['a'], 1);
    mailboxes.find('a');
    clock.advance(1_000);
    expect(expired).toEqual([['a', 1]]);
  });

  it('count it for each channel, and how old the oldest is', () => {
    const { clock, mailboxes, share, fill, count } = setUp();
    share(['a', 'b'], 1);
    clock.advance(300);
    share(['b', 'c'], 2);
    fill('d');
    expect(mailboxes.pending(500)).toEqual({ messages: 5, maxAgeMs: 500 });
    expect(count()).toBe(1);
    expect(mailboxes.pending(1_000)).toEqual({ messages: 3, maxAgeMs: 700 });
    expect(mailboxes.pending(2_000)).toEqual({ messages: 0, maxAgeMs: 0 });
  });

  it('forget it when they are cleared, with its timer', () => {
    const { clock, expired, mailboxes, share, fill } = setUp();
    share(['a', 'b'], 1);
    fill('b');
    expect(mailboxes.clear()).toBe(3);
    expect(mailboxes.find('a')).toBeUndefined();
    clock.advance(2_000);
    expect(expired).toEqual([]);
    share(['a'], 2);
    expect(mailboxes.find('a')?.size).toBe(1);
  });

  it('keep at most 1,000 empty mailboxes when it expires everywhere', () => {
    const { clock, expired, mailboxes, share, count } = setUp();
    mailboxes.of('kept').enter(receiver);
    share(Array.from({ length: 3_000 }, (_, id) => `body?${id}`));
    clock.advance(1_000);
    for (const mailbox of mailboxes.all()) mailboxes.release(mailbox);
    expect(expired).toHaveLength(3_000);
    expect(count()).toBe(1_001);
  });
});
