import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { MemoryGroups } from '../src/memory-groups.js';

function groupsOf(expiryMs = 1_000): { clock: ManualClock; groups: MemoryGroups } {
  const clock = new ManualClock();
  return { clock, groups: new MemoryGroups(clock, expiryMs) };
}

describe('MemoryGroups', () => {
  it('lists members in the order they joined', () => {
    const { groups } = groupsOf();
    for (const channel of ['c', 'a', 'b']) groups.add('room', channel);
    expect(groups.channels('room')).toEqual(['c', 'a', 'b']);
  });

  it('keeps groups apart', () => {
    const { groups } = groupsOf();
    groups.add('one', 'a');
    groups.add('two', 'b');
    groups.discard('one', 'b');
    expect(groups.channels('one')).toEqual(['a']);
    expect(groups.channels('two')).toEqual(['b']);
    expect(groups.channels('three')).toEqual([]);
  });

  it('holds a channel once, however often it was added', () => {
    const { groups } = groupsOf();
    groups.add('room', 'a');
    groups.add('room', 'a');
    expect(groups.channels('room')).toEqual(['a']);
    groups.discard('room', 'a');
    expect(groups.channels('room')).toEqual([]);
  });

  it('takes the discard of an absent member or group', () => {
    const { groups } = groupsOf();
    groups.add('room', 'a');
    groups.discard('room', 'b');
    groups.discard('other', 'a');
    groups.discardEverywhere('c');
    expect(groups.channels('room')).toEqual(['a']);
  });

  it('takes a channel out of all its groups and leaves the others in', () => {
    const { groups } = groupsOf();
    for (const group of ['one', 'two', 'three']) {
      groups.add(group, 'a');
      groups.add(group, 'b');
    }
    groups.discard('two', 'a');
    groups.discardEverywhere('a');
    for (const group of ['one', 'two', 'three']) expect(groups.channels(group)).toEqual(['b']);
  });

  it('ends a membership when its time is over and not before', () => {
    const { clock, groups } = groupsOf(1_000);
    groups.add('room', 'a');
    clock.advance(999);
    expect(groups.channels('room')).toEqual(['a']);
    clock.advance(1);
    expect(groups.channels('room')).toEqual([]);
  });

  it('counts the time from the latest add', () => {
    const { clock, groups } = groupsOf(1_000);
    groups.add('room', 'renewed');
    groups.add('room', 'neglected');
    clock.advance(600);
    groups.add('room', 'renewed');
    clock.advance(600);
    expect(groups.channels('room')).toEqual(['renewed']);
    clock.advance(400);
    expect(groups.channels('room')).toEqual([]);
  });

  it('lets an expired member join again', () => {
    const { clock, groups } = groupsOf(1_000);
    groups.add('room', 'a');
    clock.advance(1_000);
    expect(groups.channels('room')).toEqual([]);
    groups.add('room', 'a');
    expect(groups.channels('room')).toEqual(['a']);
  });

  it('forgets everything when it is cleared', () => {
    const { groups } = groupsOf();
    groups.add('one', 'a');
    groups.add('two', 'a');
    groups.clear();
    expect(groups.channels('one')).toEqual([]);
    groups.add('two', 'b');
    groups.discardEverywhere('a');
    expect(groups.channels('two')).toEqual(['b']);
  });
});
