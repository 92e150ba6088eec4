import { describe, expect, it } from '@jest/globals';
import { SharedBacklog } from '../src/shared-backlog.js';
import { SharedMessage } from '../src/shared-message.js';

function message(id: number): SharedMessage {
  return new SharedMessage(
    { content: { id }, sentAt: 10 * id, arrival: id, isShared: true },
    0,
    () => 0,
  );
}

function ids(backlog: SharedBacklog): unknown[] {
  return backlog.messages().map(({ posted }) => posted.content['id']);
}

describe('SharedBacklog', () => {
  it('lists its messages in the order they came', () => {
    const backlog = new SharedBacklog(message(2), new SharedBacklog(message(1)));
    const longer = new SharedBacklog(message(3), backlog);
    expect(ids(longer)).toEqual([1, 2, 3]);
    expect(longer.size).toBe(3);
  });

  it('never changes, so that many can begin with it', () => {
    const first = new SharedBacklog(message(1));
    const [one, other] = [2, 3].map((id) => new SharedBacklog(message(id), first));
    expect([first, one, other].map(ids)).toEqual([[1], [1, 2], [1, 3]]);
    expect([first, one, other].map(({ size }) => size)).toEqual([1, 2, 2]);
  });

  it('is as old as its first message', () => {
    const backlog = new SharedBacklog(message(5), new SharedBacklog(message(3)));
    expect(backlog.ageMs(100)).toBe(70);
  });
});
