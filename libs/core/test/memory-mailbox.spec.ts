import { describe, expect, it } from '@jest/globals';
import { MemoryMailbox, type Receiver, type Waiting } from '../src/memory-mailbox.js';

function waiting(arrival: number, deadline = 60_000): Waiting {
  return { channels: ['jobs'], content: { arrival }, arrival, deadline };
}

const receiver: Receiver = { serve: () => {}, end: () => {} };

describe('MemoryMailbox', () => {
  it('gives its messages in the order they came', () => {
    const mailbox = new MemoryMailbox();
    for (const arrival of [0, 1, 2]) mailbox.push(waiting(arrival));
    expect(mailbox.size).toBe(3);
    const taken = [mailbox.shift(), mailbox.shift(), mailbox.shift(), mailbox.shift()];
    expect(taken.map((message) => message?.content['arrival'])).toEqual([0, 1, 2, undefined]);
    expect(mailbox.size).toBe(0);
  });

  it('tells the place of its next message, infinite when it is empty', () => {
    const mailbox = new MemoryMailbox();
    expect(mailbox.nextArrival).toBe(Infinity);
    mailbox.push(waiting(4));
    mailbox.push(waiting(7));
    expect(mailbox.nextArrival).toBe(4);
    mailbox.shift();
    expect(mailbox.nextArrival).toBe(7);
    mailbox.shift();
    expect(mailbox.nextArrival).toBe(Infinity);
  });

  it('drops the messages whose deadline has come and counts them', () => {
    const mailbox = new MemoryMailbox();
    for (const deadline of [10, 20, 20, 30]) mailbox.push(waiting(deadline, deadline));
    expect(mailbox.expire(9)).toBe(0);
    expect(mailbox.size).toBe(4);
    expect(mailbox.expire(20)).toBe(3);
    expect(mailbox.size).toBe(1);
    expect(mailbox.nextArrival).toBe(30);
    expect(mailbox.expire(1_000)).toBe(1);
    expect(mailbox.expire(1_000)).toBe(0);
  });

  it('is idle without messages and receivers', () => {
    const mailbox = new MemoryMailbox();
    expect(mailbox.isIdle).toBe(true);
    mailbox.push(waiting(0));
    expect(mailbox.isIdle).toBe(false);
    mailbox.shift();
    mailbox.receivers.add(receiver);
    expect(mailbox.isIdle).toBe(false);
    mailbox.receivers.delete(receiver);
    expect(mailbox.isIdle).toBe(true);
  });

  it('forgets its messages and keeps its receivers when it is cleared', () => {
    const mailbox = new MemoryMailbox();
    for (let arrival = 0; arrival < 20; arrival++) mailbox.push(waiting(arrival));
    mailbox.receivers.add(receiver);
    mailbox.clear();
    expect(mailbox.size).toBe(0);
    expect(mailbox.shift()).toBeUndefined();
    expect([...mailbox.receivers]).toEqual([receiver]);
  });
});
