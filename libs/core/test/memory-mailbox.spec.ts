import { describe, expect, it } from '@jest/globals';
import type { Received } from '@nest-channels/core';
import {
  type MailboxRules,
  MemoryMailbox,
  type Posted,
  type Receiver,
} from '../src/memory-mailbox.js';

/** Is a mailbox with a record of what it told and of what its receivers were given. */
function setUp(rules: Partial<MailboxRules> = {}) {
  const expired: { readonly mailbox: MemoryMailbox; readonly ids: unknown[] }[] = [];
  const mailbox = new MemoryMailbox('jobs', {
    capacity: 100,
    expiryMs: 60_000,
    onExpired: (from, messages) =>
      expired.push({ mailbox: from, ids: messages.map(({ content }) => content['id']) }),
    ...rules,
  });
  let arrivals = 0;
  const put = (id: number, now = 0): string =>
    mailbox.put({ ...posted(id), sentAt: now, arrival: arrivals++ });
  return { mailbox, expired, put };
}

function posted(id: number): Posted {
  return { content: { id }, sentAt: 0, arrival: id, isShared: false };
}

function message(id: number): Received {
  return { channels: ['jobs'], content: { id } };
}

function receiverOf(mailbox: MemoryMailbox, stays = false) {
  const served: unknown[] = [];
  const receiver: Receiver = {
    serve: ({ content }) => {
      if (!stays) mailbox.leave(receiver);
      served.push(content['id']);
    },
    end: () => undefined,
  };
  mailbox.enter(receiver);
  return { receiver, served };
}

describe('MemoryMailbox', () => {
  it('gives its messages in the order they came', () => {
    const { mailbox, put } = setUp();
    expect([0, 1, 2].map((id) => put(id))).toEqual(['kept', 'kept', 'kept']);
    expect(mailbox.size).toBe(3);
    const taken = [mailbox.shift(), mailbox.shift(), mailbox.shift(), mailbox.shift()];
    expect(taken).toEqual([message(0), message(1), message(2), undefined]);
    expect(mailbox.size).toBe(0);
  });

  it('gives the names a message was sent to, its own name if there are none', () => {
    const { mailbox } = setUp();
    mailbox.put({ ...posted(0), channels: ['server!a', 'server!b'] });
    mailbox.put(posted(1));
    expect(mailbox.shift()?.channels).toEqual(['server!a', 'server!b']);
    expect(mailbox.shift()?.channels).toEqual(['jobs']);
  });

  it('gives a copy of what other mailboxes hold too, and nothing else', () => {
    const { mailbox } = setUp();
    const content = { list: [1], bytes: Buffer.from([1]) };
    mailbox.put({ ...posted(0), content, isShared: true });
    mailbox.put({ ...posted(1), content });
    const copy = mailbox.shift()?.content;
    expect(copy).toEqual(content);
    expect(copy).not.toBe(content);
    expect(copy?.['list']).not.toBe(content.list);
    expect(mailbox.shift()?.content).toBe(content);
  });

  it('serves a copy of what others hold too', () => {
    const { mailbox } = setUp();
    const content = { list: [1] };
    const served: Received[] = [];
    mailbox.enter({ serve: (received) => served.push(received), end: () => undefined });
    mailbox.put({ ...posted(0), content, isShared: true });
    expect(served).toEqual([{ channels: ['jobs'], content }]);
    expect(served[0].content['list']).not.toBe(content.list);
  });

  it('tells the place of its next message, infinite when it is empty', () => {
    const { mailbox } = setUp();
    expect(mailbox.nextArrival).toBe(Infinity);
    mailbox.put({ ...posted(0), arrival: 4 });
    mailbox.put({ ...posted(1), arrival: 7 });
    expect(mailbox.nextArrival).toBe(4);
    mailbox.shift();
    expect(mailbox.nextArrival).toBe(7);
    mailbox.shift();
    expect(mailbox.nextArrival).toBe(Infinity);
  });

  it('tells when its next message expires, infinite when it is empty', () => {
    const { mailbox, put } = setUp({ expiryMs: 10 });
    expect(mailbox.deadline).toBe(Infinity);
    put(0, 5);
    put(1, 8);
    expect(mailbox.deadline).toBe(15);
    mailbox.shift();
    expect(mailbox.deadline).toBe(18);
    mailbox.shift();
    expect(mailbox.deadline).toBe(Infinity);
  });

  it('drops the messages whose deadline has come and tells which', () => {
    const { mailbox, expired, put } = setUp({ expiryMs: 10 });
    for (const sentAt of [0, 10, 10, 20]) put(sentAt, sentAt);
    mailbox.expire(9);
    expect(expired).toEqual([]);
    expect(mailbox.size).toBe(4);
    mailbox.expire(20);
    expect(expired).toEqual([{ mailbox, ids: [0, 10, 10] }]);
    expect(mailbox.size).toBe(1);
    expect(mailbox.shift()).toEqual(message(20));
  });

  it('says how many messages it dropped', () => {
    const { mailbox, put } = setUp({ expiryMs: 10 });
    for (const sentAt of [0, 10, 20]) put(sentAt, sentAt);
    expect([9, 20, 20, 30].map((now) => mailbox.expire(now))).toEqual([0, 2, 0, 1]);
  });

  it('tells nothing when nothing expires', () => {
    const { mailbox, expired, put } = setUp({ expiryMs: 10 });
    mailbox.expire(1_000);
    put(0, 1_000);
    mailbox.expire(1_010);
    mailbox.expire(1_010);
    expect(expired).toEqual([{ mailbox, ids: [0] }]);
  });

  it('holds exactly as many messages as it may', () => {
    const { mailbox, put } = setUp({ capacity: 2 });
    expect([0, 1, 2, 3].map((id) => put(id))).toEqual(['kept', 'kept', 'full', 'full']);
    mailbox.shift();
    expect([4, 5].map((id) => put(id))).toEqual(['kept', 'full']);
    expect([mailbox.shift(), mailbox.shift()]).toEqual([message(1), message(4)]);
  });

  it('takes a message in place of one whose deadline has come', () => {
    const { mailbox, expired, put } = setUp({ capacity: 2, expiryMs: 10 });
    put(0, 0);
    put(1, 5);
    expect(put(2, 9)).toBe('full');
    expect(put(3, 10)).toBe('kept');
    expect(expired).toEqual([{ mailbox, ids: [0] }]);
    expect([mailbox.shift(), mailbox.shift()]).toEqual([message(1), message(3)]);
  });

  it('hands a message to the first in line, also when it may hold none', () => {
    const { mailbox, put } = setUp({ capacity: 0 });
    const lines = [receiverOf(mailbox), receiverOf(mailbox)];
    expect([0, 1, 2].map((id) => put(id))).toEqual(['served', 'served', 'full']);
    expect(lines.map(({ served }) => served)).toEqual([[0], [1]]);
  });

  it('puts a receiver that yields its turn behind the others', () => {
    const { mailbox, put } = setUp();
    const [first, second] = [receiverOf(mailbox, true), receiverOf(mailbox, true)];
    put(0);
    mailbox.yieldTurn(first.receiver);
    put(1);
    mailbox.yieldTurn(second.receiver);
    put(2);
    expect([first.served, second.served]).toEqual([[0, 2], [1]]);
  });

  it('keeps a receiver that yields its turn and is alone', () => {
    const { mailbox, put } = setUp();
    const { receiver, served } = receiverOf(mailbox, true);
    put(0);
    mailbox.yieldTurn(receiver);
    put(1);
    expect(served).toEqual([0, 1]);
  });

  it('is idle without messages and receivers', () => {
    const { mailbox, put } = setUp();
    expect(mailbox.isIdle).toBe(true);
    put(0);
    expect(mailbox.isIdle).toBe(false);
    mailbox.shift();
    const { receiver } = receiverOf(mailbox);
    expect(mailbox.isIdle).toBe(false);
    mailbox.leave(receiver);
    expect(mailbox.isIdle).toBe(true);
  });

  it('forgets its messages, counts them and keeps its receivers when it is cleared', () => {
    const { mailbox, expired, put } = setUp();
    for (let id = 0; id < 20; id++) put(id);
    const { receiver } = receiverOf(mailbox);
    expect(mailbox.clear()).toBe(20);
    expect(mailbox.clear()).toBe(0);
    expect(mailbox.size).toBe(0);
    expect(mailbox.shift()).toBeUndefined();
    expect([...mailbox.receivers]).toEqual([receiver]);
    expect(expired).toEqual([]);
  });

  it('counts what it took, what waits, how old that is and how often it was full', () => {
    const { mailbox, put } = setUp({ capacity: 2 });
    put(0, 500);
    put(1, 900);
    put(2, 900);
    mailbox.shift();
    expect(mailbox.statistics(1_400)).toEqual({
      messagesCount: 2,
      messagesCountPerSecond: 0.2,
      messagesPending: 1,
      messagesMaxAgeMs: 500,
      channelFullCount: 1,
      channelFullCountPerSecond: 0.1,
    });
  });

  it('counts its first message, whatever became of it', () => {
    const ends: ((mailbox: MemoryMailbox) => unknown)[] = [
      () => undefined,
      (mailbox) => mailbox.shift(),
      (mailbox) => mailbox.expire(60_500),
      (mailbox) => mailbox.clear(),
    ];
    for (const end of ends) {
      const { mailbox, put } = setUp();
      put(0, 500);
      end(mailbox);
      put(1, 1_200);
      expect(mailbox.statistics(2_000)).toMatchObject({
        messagesCount: 2,
        messagesCountPerSecond: 0.2,
      });
    }
  });

  it('counts a message it handed on as taken and not as waiting', () => {
    const { mailbox, put } = setUp();
    receiverOf(mailbox);
    put(0);
    expect(mailbox.statistics(0)).toMatchObject({ messagesCount: 1, messagesPending: 0 });
  });
});
