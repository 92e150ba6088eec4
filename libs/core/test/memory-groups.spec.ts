import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { MemoryGroups } from '../src/memory-groups.js';

function groupsOf(expiryMs = 1_000): { clock: ManualClock; groups: MemoryGroups } {
  const clock = new ManualClock();
  return { clock, groups: new MemoryGroups(clock, { expiryMs, maxGroupsPerChannel: 128 }) };
}

describe('MemoryGroups', () => {
  it('lists members in the order they joined', () => {
    const { groups } = groupsOf();
    for (const channel of ['c', 'a', 'b']) groups.add('room', channel);
    expect(groups.readers('room').channels()).toEqual(['c', 'a', 'b']);
  });

  it('keeps groups apart', () => {
    const { groups } = groupsOf();
    groups.add('one', 'a');
    groups.add('two', 'b');
    groups.discard('one', 'b');
    expect(groups.readers('one').channels()).toEqual(['a']);
    expect(groups.readers('two').channels()).toEqual(['b']);
    expect(groups.readers('three').channels()).toEqual([]);
  });

  it('holds a channel once, however often it was added', () => {
    const { groups } = groupsOf();
    groups.add('room', 'a');
    groups.add('room', 'a');
    expect(groups.readers('room').channels()).toEqual(['a']);
    groups.discard('room', 'a');
    expect(groups.readers('room').channels()).toEqual([]);
  });

  it('takes the discard of an absent member or group', () => {
    const { groups } = groupsOf();
    groups.add('room', 'a');
    groups.discard('room', 'b');
    groups.discard('other', 'a');
    groups.discardEverywhere('c');
    expect(groups.readers('room').channels()).toEqual(['a']);
  });

  it('takes a channel out of all its groups and leaves the others in', () => {
    const { groups } = groupsOf();
    for (const group of ['one', 'two', 'three']) {
      groups.add(group, 'a');
      groups.add(group, 'b');
    }
    groups.discard('two', 'a');
    groups.discardEverywhere('a');
    for (const group of ['one', 'two', 'three'])
      expect(groups.readers(group).channels()).toEqual(['b']);
  });

  it('ends a membership when its time is over and not before', () => {
    const { clock, groups } = groupsOf(1_000);
    groups.add('room', 'a');
    clock.advance(999);
    expect(groups.readers('room').channels()).toEqual(['a']);
    clock.advance(1);
    expect(groups.readers('room').channels()).toEqual([]);
  });

  it('counts the time from the latest add', () => {
    const { clock, groups } = groupsOf(1_000);
    groups.add('room', 'renewed');
    groups.add('room', 'neglected');
    clock.advance(600);
    groups.add('room', 'renewed');
    clock.advance(600);
    expect(groups.readers('room').channels()).toEqual(['renewed']);
    clock.advance(400);
    expect(groups.readers('room').channels()).toEqual([]);
  });

  it('lets an expired member join again', () => {
    const { clock, groups } = groupsOf(1_000);
    groups.add('room', 'a');
    clock.advance(1_000);
    expect(groups.readers('room').channels()).toEqual([]);
    groups.add('room', 'a');
    expect(groups.readers('room').channels()).toEqual(['a']);
  });

  it('counts none of very many that ran out, however few of them it let go of yet', () => {
    const { clock, groups } = groupsOf(1_000);
    for (let id = 0; id < 12_000; id++) groups.add('room', `c${id}`);
    clock.advance(500);
    groups.add('room', 'young');
    clock.advance(500);
    groups.add('room', 'c11999');
    for (let look = 0; look < 4; look++) {
      expect(groups.readers('room').channels()).toEqual(['young', 'c11999']);
      expect(groups.readers('room').size).toBe(2);
    }
  });

  it('forgets everything when it is cleared', () => {
    const { groups } = groupsOf();
    groups.add('one', 'a');
    groups.add('two', 'a');
    groups.clear();
    expect(groups.readers('one').channels()).toEqual([]);
    groups.add('two', 'b');
    groups.discardEverywhere('a');
    expect(groups.readers('two').channels()).toEqual(['b']);
  });

  it('has one reader for each normal channel and one for each mailbox', () => {
    const { groups } = groupsOf();
    for (const channel of ['jobs', 'server!a', 'body?x', 'other!a', 'server!b']) {
      groups.add('room', channel);
    }
    const readers = groups.readers('room');
    const seen = readers.slice(0, readers.size);
    expect(seen).toHaveLength(4);
    expect(new Set(seen)).toEqual(
      new Set([
        { name: 'jobs' },
        { name: 'body?x' },
        { name: 'server!', channels: ['server!a', 'server!b'] },
        { name: 'other!', channels: ['other!a'] },
      ]),
    );
    expect(new Set(readers.channels())).toEqual(
      new Set(['jobs', 'server!a', 'body?x', 'other!a', 'server!b']),
    );
  });

  it('has no reader for a mailbox whose last member left or ran out', () => {
    const { clock, groups } = groupsOf(1_000);
    groups.add('room', 'gone!a');
    groups.add('room', 'old!a');
    clock.advance(500);
    groups.add('room', 'jobs');
    groups.discard('room', 'gone!a');
    clock.advance(500);
    expect(groups.readers('room').size).toBe(1);
    expect(groups.readers('room').slice(0, 2)).toEqual([{ name: 'jobs' }]);
  });

  it('keeps what it returned, whatever joins or leaves later', () => {
    const { groups } = groupsOf();
    for (const channel of ['a', 'server!a']) groups.add('room', channel);
    const readers = groups.readers('room');
    groups.discardEverywhere('a');
    groups.add('room', 'b');
    groups.discard('room', 'server!a');
    expect(new Set(readers.channels())).toEqual(new Set(['a', 'server!a']));
    expect(readers.size).toBe(2);
  });

  it('takes a member behind a mailbox out of all its groups', () => {
    const { groups } = groupsOf();
    for (const group of ['one', 'two']) {
      groups.add(group, 'server!a');
      groups.add(group, 'server!b');
    }
    groups.discardEverywhere('server!a');
    for (const group of ['one', 'two']) {
      expect(groups.readers(group).channels()).toEqual(['server!b']);
    }
  });
});
