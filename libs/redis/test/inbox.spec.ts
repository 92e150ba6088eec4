import { describe, expect, it } from '@jest/globals';
import { Inbox } from '../src/inbox.js';

const message = { channels: ['jobs'], body: Buffer.from('1'), sentAt: 0 };

describe('an inbox', () => {
  it('is a mailbox if its name ends with the mark of a process', () => {
    expect(new Inbox('server!').isMailbox).toBe(true);
    expect(new Inbox('jobs').isMailbox).toBe(false);
  });

  it('keeps messages in their order, and knows the place of the next', () => {
    const inbox = new Inbox('jobs');
    expect(inbox.nextArrival).toBe(Infinity);
    inbox.put(message, 7);
    inbox.put(message, 9);
    expect([inbox.nextArrival, inbox.size]).toEqual([7, 2]);
    inbox.shift();
    expect(inbox.nextArrival).toBe(9);
    expect(inbox.clear()).toHaveLength(1);
    expect(inbox.size).toBe(0);
  });

  it('sums up what those who wait would take', () => {
    const inbox = new Inbox('jobs');
    for (const wants of [1, 4]) {
      inbox.receivers.add({ wants, serve: () => undefined, end: () => undefined });
    }
    expect(inbox.demand).toBe(5);
  });
});
