import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import {
  assertChannelName,
  ChannelFull,
  type ChannelLayer,
  type Content,
  InvalidName,
  type LayerStatistics,
  LayerUnavailable,
  ManualClock,
  memoryLayer,
  type MemoryLayerOptions,
  nonLocalName,
  type Received,
} from '@nest-channels/core';
import * as fc from 'fast-check';
import { expectRejected } from './support/failure.js';
import { available, contents } from './support/messages.js';
import { openSignal } from './support/open-signal.js';
import { settled } from './support/settled.js';

const NO_TRAFFIC: LayerStatistics = {
  messagesCount: 0,
  messagesCountPerSecond: 0,
  messagesPending: 0,
  messagesMaxAgeMs: 0,
  channelFullCount: 0,
  channelFullCountPerSecond: 0,
  messagesReceived: 0,
  dropped: { full: 0, expired: 0, closed: 0, resilience: 0 },
};

function timed(options: MemoryLayerOptions = {}): { clock: ManualClock; layer: ChannelLayer } {
  const clock = new ManualClock();
  return { clock, layer: memoryLayer({ clock, ...options }) };
}

async function sendAll(layer: ChannelLayer, channel: string, numbers: readonly number[]) {
  for (const id of numbers) await layer.send(channel, { id });
}

async function ids(layer: ChannelLayer, channels: string | readonly string[]): Promise<unknown[]> {
  return (await contents(layer, channels)).map((content) => content['id']);
}

/** Is a `receive` under way, with what it returned so far. */
class Listener {
  readonly #controller = new AbortController();
  readonly done: Promise<Received[]>;
  result: Received[] | undefined;

  constructor(
    layer: ChannelLayer,
    readonly channels: readonly string[],
    readonly max = 1,
  ) {
    this.done = layer
      .receive(channels, { signal: this.#controller.signal, max })
      .then((messages) => (this.result = messages));
  }

  abort(): void {
    this.#controller.abort();
  }

  get ids(): unknown[] | undefined {
    return this.result?.map(({ content }) => content['id']);
  }
}

describe('memoryLayer', () => {
  it('says what it is and what it can do', () => {
    const layer = memoryLayer();
    expect(layer.name).toBe('memory');
    expect(layer.reach).toBe('process');
    expect(layer.extensions).toEqual(new Set(['groups', 'flush', 'statistics', 'push']));
  });

  it('shares nothing with another memory layer', async () => {
    const layer = memoryLayer();
    await layer.send('jobs', { id: 1 });
    await layer.groupAdd('room', 'jobs');
    const other = memoryLayer();
    expect(await available(other, 'jobs')).toEqual([]);
    expect(await other.groupChannels('room')).toEqual([]);
  });

  describe('send and receive', () => {
    it('delivers the messages of a channel in the order they were sent', async () => {
      const layer = memoryLayer();
      await sendAll(layer, 'jobs', [1, 2, 3]);
      expect(await available(layer, 'jobs')).toEqual([
        { channels: ['jobs'], content: { id: 1 } },
        { channels: ['jobs'], content: { id: 2 } },
        { channels: ['jobs'], content: { id: 3 } },
      ]);
    });

    it('delivers a message once', async () => {
      const layer = memoryLayer();
      await layer.send('jobs', { id: 1 });
      expect(await ids(layer, 'jobs')).toEqual([1]);
      expect(await ids(layer, 'jobs')).toEqual([]);
    });

    it('delivers a message to one of many listeners', async () => {
      const layer = memoryLayer();
      const listeners = [1, 2, 3].map(() => new Listener(layer, ['jobs']));
      await layer.send('jobs', { id: 1 });
      await settled();
      expect(listeners.map((listener) => listener.ids)).toEqual([[1], undefined, undefined]);
    });

    it('keeps channels apart', async () => {
      const layer = memoryLayer();
      await layer.send('a', { id: 1 });
      await layer.send('b', { id: 2 });
      expect(await ids(layer, 'b')).toEqual([2]);
      expect(await ids(layer, 'a')).toEqual([1]);
    });

    it('wakes a receiver that waits', async () => {
      const layer = memoryLayer();
      const listener = new Listener(layer, ['jobs']);
      await settled();
      expect(listener.result).toBeUndefined();
      await layer.send('jobs', { id: 1 });
      expect(await listener.done).toEqual([{ channels: ['jobs'], content: { id: 1 } }]);
    });

    it('wakes a receiver by whichever of its channels comes first, and only once', async () => {
      const layer = memoryLayer();
      const listener = new Listener(layer, ['a', 'b', 'c']);
      await layer.send('b', { id: 1 });
      await layer.send('a', { id: 2 });
      await layer.send('b', { id: 3 });
      expect(await listener.done).toEqual([{ channels: ['b'], content: { id: 1 } }]);
      expect(await ids(layer, ['a', 'b'])).toEqual([2, 3]);
    });

    it('serves waiting receivers in the order they came', async () => {
      const layer = memoryLayer();
      const listeners = [1, 2, 3].map(() => new Listener(layer, ['jobs']));
      await sendAll(layer, 'jobs', [1, 2, 3]);
      await settled();
      expect(listeners.map((listener) => listener.ids)).toEqual([[1], [2], [3]]);
    });

    it('serves waiting receivers in the order they came, over channels they share in part', async () => {
      const layer = memoryLayer();
      const first = new Listener(layer, ['a', 'b']);
      const second = new Listener(layer, ['b']);
      const third = new Listener(layer, ['b', 'c']);
      await layer.send('a', { id: 1 });
      await layer.send('b', { id: 2 });
      await layer.send('c', { id: 3 });
      await settled();
      expect([first.ids, second.ids, third.ids]).toEqual([[1], [2], [3]]);
    });

    it('returns one message unless told a maximum', async () => {
      const layer = memoryLayer();
      await sendAll(layer, 'jobs', [1, 2, 3]);
      const messages = await layer.receive(['jobs'], { signal: openSignal() });
      expect(messages.map(({ content }) => content['id'])).toEqual([1]);
    });

    it('returns up to the maximum and leaves the rest', async () => {
      const layer = memoryLayer();
      await sendAll(layer, 'jobs', [1, 2, 3, 4, 5]);
      const messages = await available(layer, 'jobs', 3);
      expect(messages.map(({ content }) => content['id'])).toEqual([1, 2, 3]);
      expect(await ids(layer, 'jobs')).toEqual([4, 5]);
    });

    it('returns less than the maximum instead of waiting for more', async () => {
      const layer = memoryLayer();
      await sendAll(layer, 'jobs', [1, 2]);
      const messages = await layer.receive(['jobs'], { signal: openSignal(), max: 10 });
      expect(messages).toHaveLength(2);
    });

    it('returns the messages of several channels in the order they arrived', async () => {
      const layer = memoryLayer();
      for (const [id, channel] of ['a', 'b', 'a', 'c', 'b', 'a'].entries()) {
        await layer.send(channel, { id });
      }
      expect(await ids(layer, ['c', 'b', 'a'])).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it('does not let a busy channel starve a quiet one', async () => {
      const layer = memoryLayer();
      await sendAll(layer, 'busy', [1, 2]);
      await layer.send('quiet', { id: 3 });
      const order: unknown[] = [];
      for (let round = 4; round < 7; round++) {
        await layer.send('busy', { id: round });
        const [message] = await available(layer, ['busy', 'quiet'], 1);
        order.push(message?.content['id']);
      }
      expect(order).toEqual([1, 2, 3]);
    });

    it('carries bytes, text, 64-bit integers and a megabyte unchanged', async () => {
      const layer = memoryLayer();
      const content = {
        nested: { list: [{ bytes: Buffer.from([0xc3, 0x28, 0]) }, '£ ☃\u0001\0'] },
        large: 2n ** 63n - 1n,
        long: 'x'.repeat(1_000_000),
      };
      await layer.send('jobs', structuredClone(content));
      const [received] = await contents(layer, 'jobs');
      expect(received).toEqual(content);
    });

    it('delivers the messages of a process-specific prefix to whoever receives from it', async () => {
      const layer = memoryLayer();
      await layer.send('server!a', { id: 1 });
      await layer.send('server!b', { id: 2 });
      await layer.send('other!a', { id: 3 });
      expect(await available(layer, 'server!')).toEqual([
        { channels: ['server!a'], content: { id: 1 } },
        { channels: ['server!b'], content: { id: 2 } },
      ]);
    });

    it('wakes the receiver of a process-specific prefix', async () => {
      const layer = memoryLayer();
      const listener = new Listener(layer, ['server!']);
      await layer.send('server!a', { id: 1 });
      expect(await listener.done).toEqual([{ channels: ['server!a'], content: { id: 1 } }]);
    });

    it.each([
      ['a process-specific name with its local part', 'server!a'],
      ['an incomplete single-reader name', 'body?'],
      ['a name with a space', 'two words'],
    ])('refuses to receive from %s', async (_, channel) => {
      const layer = memoryLayer();
      await layer.send('jobs', { id: 1 });
      const receive = layer.receive(['jobs', channel], { signal: openSignal() });
      await expectRejected(InvalidName, receive);
      expect(await ids(layer, 'jobs')).toEqual([1]);
    });
  });

  describe('abort', () => {
    it('ends a wait with no message', async () => {
      const layer = memoryLayer();
      const listener = new Listener(layer, ['jobs']);
      listener.abort();
      expect(await listener.done).toEqual([]);
    });

    it('before a message arrives leaves it in its channel', async () => {
      const layer = memoryLayer();
      const listener = new Listener(layer, ['jobs']);
      listener.abort();
      await layer.send('jobs', { id: 1 });
      expect(await listener.done).toEqual([]);
      expect(await ids(layer, 'jobs')).toEqual([1]);
    });

    it('after a message arrived returns it', async () => {
      const layer = memoryLayer();
      const listener = new Listener(layer, ['jobs']);
      const sent = layer.send('jobs', { id: 1 });
      listener.abort();
      await sent;
      await listener.done;
      expect(listener.ids).toEqual([1]);
      expect(await ids(layer, 'jobs')).toEqual([]);
    });

    it('before the receive leaves what is there in its channel', async () => {
      const layer = memoryLayer();
      await layer.send('jobs', { id: 1 });
      expect(await layer.receive(['jobs'], { signal: AbortSignal.abort() })).toEqual([]);
      expect(await ids(layer, 'jobs')).toEqual([1]);
    });

    it('of one receiver does not orphan another of the same channel', async () => {
      const layer = memoryLayer();
      const first = new Listener(layer, ['jobs']);
      const second = new Listener(layer, ['jobs']);
      first.abort();
      expect(await first.done).toEqual([]);
      await layer.send('jobs', { id: 1 });
      await second.done;
      expect(second.ids).toEqual([1]);
    });

    it('of the later receiver does not orphan the earlier one', async () => {
      const layer = memoryLayer();
      const first = new Listener(layer, ['jobs', 'others']);
      const second = new Listener(layer, ['jobs']);
      second.abort();
      await second.done;
      await layer.send('jobs', { id: 1 });
      await first.done;
      expect(first.ids).toEqual([1]);
    });

    it('is not listened to any more once a receive is over', async () => {
      const layer = memoryLayer();
      const { signal } = new AbortController();
      const waiting = layer.receive(['a', 'b'], { signal });
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      await layer.send('b', { id: 1 });
      await waiting;
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });
  });

  describe('expiry', () => {
    it('delivers a message until its time is over and not from then on', async () => {
      const { clock, layer } = timed({ expiryMs: 1_000 });
      await sendAll(layer, 'jobs', [1, 2]);
      clock.advance(999);
      expect((await available(layer, 'jobs', 1)).map(({ content }) => content['id'])).toEqual([1]);
      clock.advance(1);
      expect(await ids(layer, 'jobs')).toEqual([]);
    });

    it('is 60 seconds unless told otherwise', async () => {
      const { clock, layer } = timed();
      await layer.send('early', { id: 1 });
      await layer.send('late', { id: 2 });
      clock.advance(59_999);
      expect(await ids(layer, 'early')).toEqual([1]);
      clock.advance(1);
      expect(await ids(layer, 'late')).toEqual([]);
    });

    it('drops the first of two messages and delivers the second', async () => {
      const { clock, layer } = timed({ expiryMs: 1_000 });
      await layer.send('jobs', { id: 1 });
      clock.advance(600);
      await layer.send('jobs', { id: 2 });
      clock.advance(600);
      expect(await ids(layer, 'jobs')).toEqual([2]);
      expect(layer.statistics().dropped.expired).toBe(1);
    });

    it('concerns the messages of process-specific channels and groups too', async () => {
      const { clock, layer } = timed({ expiryMs: 1_000 });
      await layer.groupAdd('room', 'server!a');
      await layer.groupAdd('room', 'jobs');
      await layer.groupSend('room', { id: 1 });
      await layer.send('server!b', { id: 2 });
      clock.advance(1_000);
      expect(await available(layer, ['server!', 'jobs'])).toEqual([]);
      expect(layer.statistics().dropped.expired).toBe(3);
    });

    it('makes room in a full channel', async () => {
      const { clock, layer } = timed({ expiryMs: 1_000, capacity: 2 });
      await sendAll(layer, 'jobs', [1, 2]);
      clock.advance(1_000);
      await layer.send('jobs', { id: 3 });
      expect(await ids(layer, 'jobs')).toEqual([3]);
    });

    it('hands a receiver that waits over an expired message the next one', async () => {
      const { clock, layer } = timed({ expiryMs: 1_000 });
      await layer.send('jobs', { id: 1 });
      clock.advance(1_000);
      const listener = new Listener(layer, ['jobs']);
      await settled();
      expect(listener.result).toBeUndefined();
      await layer.send('jobs', { id: 2 });
      await listener.done;
      expect(listener.ids).toEqual([2]);
    });
  });

  describe('capacity', () => {
    it('is exact', async () => {
      const layer = memoryLayer({ capacity: 3 });
      await sendAll(layer, 'jobs', [1, 2, 3]);
      const error = await expectRejected(ChannelFull, layer.send('jobs', { id: 4 }));
      expect(error).toMatchObject({ channel: 'jobs', capacity: 3 });
      expect(await ids(layer, 'jobs')).toEqual([1, 2, 3]);
    });

    it('counts each channel on its own', async () => {
      const layer = memoryLayer({ capacity: 1 });
      await layer.send('a', { id: 1 });
      await layer.send('b', { id: 2 });
      await layer.send('body?x', { id: 3 });
      await layer.send('body?y', { id: 4 });
      await expectRejected(ChannelFull, layer.send('body?x', { id: 5 }));
      expect(await ids(layer, ['a', 'b', 'body?x', 'body?y'])).toEqual([1, 2, 3, 4]);
    });

    it('comes back with each message that is received', async () => {
      const layer = memoryLayer({ capacity: 2 });
      await sendAll(layer, 'jobs', [1, 2]);
      await available(layer, 'jobs', 1);
      await layer.send('jobs', { id: 3 });
      await expectRejected(ChannelFull, layer.send('jobs', { id: 4 }));
    });

    it('is not used by messages handed to waiting receivers', async () => {
      const layer = memoryLayer({ capacity: 1 });
      const listeners = [1, 2].map(() => new Listener(layer, ['jobs']));
      await sendAll(layer, 'jobs', [1, 2, 3]);
      await expectRejected(ChannelFull, layer.send('jobs', { id: 4 }));
      expect(listeners.map((listener) => listener.ids)).toEqual([[1], [2]]);
    });

    it('of a process-specific mailbox is its own, shared by all local parts', async () => {
      const layer = memoryLayer({ capacity: 1, mailboxCapacity: 3 });
      await layer.send('server!a', { id: 1 });
      await layer.send('server!b', { id: 2 });
      await layer.send('server!c', { id: 3 });
      const error = await expectRejected(ChannelFull, layer.send('server!d', { id: 4 }));
      expect(error).toMatchObject({ channel: 'server!', capacity: 3 });
      await layer.send('other!a', { id: 5 });
      expect(await ids(layer, 'server!')).toEqual([1, 2, 3]);
    });

    it('is 1,000 for a channel and 10,000 for a mailbox unless told otherwise', async () => {
      const layer = memoryLayer();
      await sendAll(
        layer,
        'jobs',
        Array.from({ length: 1_000 }, (_, id) => id),
      );
      const jobs = await expectRejected(ChannelFull, layer.send('jobs', {}));
      expect(jobs.capacity).toBe(1_000);
      for (let id = 0; id < 10_000; id++) await layer.send(`server!${id % 7}`, { id });
      const server = await expectRejected(ChannelFull, layer.send('server!x', {}));
      expect(server.capacity).toBe(10_000);
    });
  });

  describe('newChannel', () => {
    it('completes a pattern to a name nobody has', async () => {
      const layer = memoryLayer();
      const names = await Promise.all(
        Array.from({ length: 100 }, () => layer.newChannel('http.body?')),
      );
      expect(new Set(names).size).toBe(100);
      for (const name of names) {
        expect(name).toMatch(/^http\.body\?[\w.-]+$/);
        assertChannelName(name);
      }
    });

    it('gives a name that one can send to and receive from', async () => {
      const layer = memoryLayer();
      const [one, two] = [await layer.newChannel('body?'), await layer.newChannel('body?')];
      await layer.send(one, { id: 1 });
      expect(await available(layer, [one, two])).toEqual([{ channels: [one], content: { id: 1 } }]);
    });

    it.each(['body', 'body!', 'body?x', '?', ''])('refuses the pattern %j', async (pattern) => {
      await expectRejected(InvalidName, memoryLayer().newChannel(pattern));
    });

    it('never gives a name that is too long to send to', async () => {
      const layer = memoryLayer();
      for (let length = 2; length < 100; length++) {
        const pattern = `${'x'.repeat(length - 1)}?`;
        const name = await layer.newChannel(pattern).catch((error: unknown) => {
          expect(error).toBeInstanceOf(InvalidName);
          return undefined;
        });
        if (name !== undefined) assertChannelName(name);
      }
    });
  });

  describe('groups', () => {
    it('reach each member and nobody who left', async () => {
      const layer = memoryLayer();
      for (const channel of ['a', 'b', 'c']) await layer.groupAdd('room', channel);
      await layer.groupDiscard('room', 'c');
      await layer.groupSend('room', { id: 1 });
      expect(await available(layer, 'a')).toEqual([{ channels: ['a'], content: { id: 1 } }]);
      expect(await available(layer, 'b')).toEqual([{ channels: ['b'], content: { id: 1 } }]);
      expect(await available(layer, 'c')).toEqual([]);
    });

    it('list their members', async () => {
      const layer = memoryLayer();
      for (const channel of ['a', 'server!b', 'body?c']) await layer.groupAdd('room', channel);
      expect(new Set(await layer.groupChannels('room'))).toEqual(
        new Set(['a', 'server!b', 'body?c']),
      );
      await layer.groupDiscard('room', 'a');
      expect(new Set(await layer.groupChannels('room'))).toEqual(new Set(['server!b', 'body?c']));
      expect(await layer.groupChannels('other')).toEqual([]);
    });

    it('hold a member once: adding it twice delivers once, one discard takes it out', async () => {
      const layer = memoryLayer();
      await layer.groupAdd('room', 'a');
      await layer.groupAdd('room', 'a');
      await layer.groupSend('room', { id: 1 });
      expect(await ids(layer, 'a')).toEqual([1]);
      await layer.groupDiscard('room', 'a');
      await layer.groupSend('room', { id: 2 });
      expect(await ids(layer, 'a')).toEqual([]);
    });

    it('take a send without members and a discard of an absent one', async () => {
      const layer = memoryLayer();
      await layer.groupSend('empty', { id: 1 });
      await layer.groupDiscard('empty', 'a');
      expect(layer.statistics()).toEqual(NO_TRAFFIC);
    });

    it('deliver once per reader, with the names of all its members', async () => {
      const layer = memoryLayer();
      for (const channel of ['server!a', 'jobs', 'server!b', 'other!a', 'server!c']) {
        await layer.groupAdd('room', channel);
      }
      await layer.groupDiscard('room', 'server!b');
      await layer.groupSend('room', { id: 1 });
      const [message, ...more] = await available(layer, 'server!');
      expect(more).toEqual([]);
      expect(message?.content).toEqual({ id: 1 });
      expect(new Set(message?.channels)).toEqual(new Set(['server!a', 'server!c']));
      expect(await available(layer, ['other!', 'jobs'])).toHaveLength(2);
    });

    it('take one place in a mailbox, however many members it has there', async () => {
      const layer = memoryLayer({ mailboxCapacity: 1 });
      for (const channel of ['server!a', 'server!b', 'server!c']) {
        await layer.groupAdd('room', channel);
      }
      await layer.groupSend('room', { id: 1 });
      expect(layer.statistics()).toMatchObject({ messagesCount: 1, dropped: { full: 0 } });
      expect(await ids(layer, 'server!')).toEqual([1]);
    });

    it('wake receivers that wait', async () => {
      const layer = memoryLayer();
      await layer.groupAdd('room', 'server!a');
      await layer.groupAdd('room', 'server!b');
      const listener = new Listener(layer, ['server!']);
      await layer.groupSend('room', { id: 1 });
      const [message] = await listener.done;
      expect(new Set(message?.channels)).toEqual(new Set(['server!a', 'server!b']));
    });

    it('keep the order of a sender, with direct sends between', async () => {
      const layer = memoryLayer();
      await layer.groupAdd('room', 'a');
      await layer.send('a', { id: 1 });
      await layer.groupSend('room', { id: 2 });
      await layer.send('a', { id: 3 });
      expect(await ids(layer, 'a')).toEqual([1, 2, 3]);
    });

    it('give each reader a copy of its own', async () => {
      const layer = memoryLayer();
      for (const channel of ['a', 'b']) await layer.groupAdd('room', channel);
      const content = { list: [1], bytes: Buffer.from([1]) };
      await layer.groupSend('room', content);
      content.list.push(2);
      content.bytes[0] = 2;
      const [first] = (await contents(layer, 'a')) as (typeof content)[];
      first?.list.push(3);
      first?.bytes.fill(3);
      expect(await contents(layer, 'b')).toEqual([{ list: [1], bytes: Buffer.from([1]) }]);
    });

    it('count the copy of a full member as dropped and serve the others', async () => {
      const layer = memoryLayer({ capacity: 1 });
      for (const channel of ['a', 'full', 'b']) await layer.groupAdd('room', channel);
      await layer.send('full', { id: 1 });
      await layer.groupSend('room', { id: 2 });
      expect(await ids(layer, 'a')).toEqual([2]);
      expect(await ids(layer, 'b')).toEqual([2]);
      expect(await ids(layer, 'full')).toEqual([1]);
      expect(layer.statistics()).toMatchObject({ messagesCount: 3, dropped: { full: 1 } });
    });

    it('count each member behind a full mailbox', async () => {
      const layer = memoryLayer({ mailboxCapacity: 1 });
      for (const channel of ['server!a', 'server!b']) await layer.groupAdd('room', channel);
      await layer.send('server!a', { id: 1 });
      await layer.groupSend('room', { id: 2 });
      expect(await ids(layer, 'server!')).toEqual([1]);
      expect(layer.statistics().dropped).toEqual({ ...NO_TRAFFIC.dropped, full: 2 });
    });

    it('lose a member whose membership ran out', async () => {
      const { clock, layer } = timed({ groupExpiryMs: 1_000 });
      await layer.groupAdd('room', 'a');
      clock.advance(999);
      await layer.groupSend('room', { id: 1 });
      expect(await ids(layer, 'a')).toEqual([1]);
      clock.advance(1);
      await layer.groupSend('room', { id: 2 });
      expect(await ids(layer, 'a')).toEqual([]);
      expect(await layer.groupChannels('room')).toEqual([]);
    });

    it('keep a member that was added again, for a full term', async () => {
      const { clock, layer } = timed({ groupExpiryMs: 1_000 });
      for (const channel of ['renewed', 'neglected']) await layer.groupAdd('room', channel);
      clock.advance(900);
      await layer.groupAdd('room', 'renewed');
      clock.advance(999);
      expect(await layer.groupChannels('room')).toEqual(['renewed']);
      clock.advance(1);
      expect(await layer.groupChannels('room')).toEqual([]);
    });

    it('keep members for a day unless told otherwise', async () => {
      const { clock, layer } = timed();
      await layer.groupAdd('room', 'a');
      clock.advance(24 * 60 * 60 * 1_000 - 1);
      expect(await layer.groupChannels('room')).toEqual(['a']);
      clock.advance(1);
      expect(await layer.groupChannels('room')).toEqual([]);
    });

    it('lose a channel that is closed, all at once', async () => {
      const layer = memoryLayer();
      for (const group of ['one', 'two', 'three']) {
        await layer.groupAdd(group, 'server!gone');
        await layer.groupAdd(group, 'server!here');
      }
      await layer.closeChannel('server!gone');
      for (const group of ['one', 'two', 'three']) {
        expect(await layer.groupChannels(group)).toEqual(['server!here']);
      }
    });

    it('take the closing of a channel that is in none', async () => {
      const layer = memoryLayer();
      await layer.groupAdd('room', 'a');
      await layer.closeChannel('b');
      expect(await layer.groupChannels('room')).toEqual(['a']);
    });
  });

  describe('flush', () => {
    it('removes all messages and memberships', async () => {
      const layer = memoryLayer();
      await layer.groupAdd('room', 'a');
      await layer.groupSend('room', { id: 1 });
      await layer.send('jobs', { id: 2 });
      await layer.send('server!a', { id: 3 });
      await layer.flush();
      expect(await available(layer, ['a', 'jobs', 'server!'])).toEqual([]);
      expect(await layer.groupChannels('room')).toEqual([]);
      expect(layer.statistics().messagesPending).toBe(0);
    });

    it('gives a full channel all its room back', async () => {
      const layer = memoryLayer({ capacity: 2 });
      await sendAll(layer, 'jobs', [1, 2]);
      await layer.flush();
      await sendAll(layer, 'jobs', [3, 4]);
      expect(await ids(layer, 'jobs')).toEqual([3, 4]);
    });

    it('does not orphan a receiver that waits', async () => {
      const layer = memoryLayer();
      const listener = new Listener(layer, ['jobs']);
      await layer.flush();
      await layer.send('jobs', { id: 1 });
      await listener.done;
      expect(listener.ids).toEqual([1]);
    });
  });

  describe('close', () => {
    it('ends every receive that waits, with no message', async () => {
      const layer = memoryLayer();
      const listeners = [['a'], ['a', 'b'], ['server!']].map((names) => new Listener(layer, names));
      await layer.close();
      expect(await Promise.all(listeners.map(({ done }) => done))).toEqual([[], [], []]);
    });

    it('delivers nothing that is sent while it closes', async () => {
      const layer = memoryLayer();
      const listener = new Listener(layer, ['jobs']);
      const closed = layer.close();
      await expectRejected(LayerUnavailable, layer.send('jobs', { id: 1 }));
      await closed;
      expect(await listener.done).toEqual([]);
    });

    it('can be called again', async () => {
      const layer = memoryLayer();
      await layer.close();
      await expect(layer.close()).resolves.toBeUndefined();
    });

    it.each<readonly [string, (layer: ChannelLayer) => Promise<unknown>]>([
      ['send', (layer) => layer.send('jobs', { id: 1 })],
      ['receive', (layer) => layer.receive(['jobs'], { signal: openSignal() })],
      ['newChannel', (layer) => layer.newChannel('body?')],
      ['closeChannel', (layer) => layer.closeChannel('server!a')],
      ['groupAdd', (layer) => layer.groupAdd('room', 'a')],
      ['groupDiscard', (layer) => layer.groupDiscard('room', 'a')],
      ['groupSend', (layer) => layer.groupSend('room', { id: 1 })],
      ['groupChannels', (layer) => layer.groupChannels('room')],
      ['flush', (layer) => layer.flush()],
    ])('makes a later %s throw', async (_, call) => {
      const layer = memoryLayer();
      await layer.close();
      await expectRejected(LayerUnavailable, call(layer));
    });
  });

  describe('statistics', () => {
    it('counts nothing at first', () => {
      expect(memoryLayer().statistics()).toEqual(NO_TRAFFIC);
    });

    it('tells sent, received, pending, full and expired messages apart', async () => {
      const { clock, layer } = timed({ capacity: 3, expiryMs: 1_000 });
      await sendAll(layer, 'jobs', [1, 2, 3]);
      await expectRejected(ChannelFull, layer.send('jobs', { id: 4 }));
      await available(layer, 'jobs', 1);
      clock.advance(600);
      await layer.send('jobs', { id: 5 });
      clock.advance(600);
      expect(layer.statistics()).toEqual({
        ...NO_TRAFFIC,
        messagesCount: 4,
        messagesReceived: 1,
        messagesPending: 1,
        messagesMaxAgeMs: 600,
        channelFullCount: 1,
        messagesCountPerSecond: 0.4,
        channelFullCountPerSecond: 0.1,
        dropped: { full: 1, expired: 2, closed: 0, resilience: 0 },
      });
    });

    it('counts a message handed to a waiting receiver as sent and received', async () => {
      const layer = memoryLayer();
      const listener = new Listener(layer, ['jobs']);
      await layer.send('jobs', { id: 1 });
      await listener.done;
      expect(layer.statistics()).toMatchObject({
        messagesCount: 1,
        messagesReceived: 1,
        messagesPending: 0,
      });
    });

    it('counts a group send once per reader it was queued for', async () => {
      const layer = memoryLayer();
      for (const channel of ['server!a', 'server!b', 'jobs']) await layer.groupAdd('room', channel);
      await layer.groupSend('room', { id: 1 });
      expect(layer.statistics()).toMatchObject({ messagesCount: 2, messagesPending: 2 });
      await available(layer, 'server!');
      expect(layer.statistics()).toMatchObject({ messagesReceived: 1, messagesPending: 1 });
    });
  });
});

const CAPACITY = 3;
const MAILBOX_CAPACITY = 4;
const EXPIRY_MS = 100;
const TARGETS = ['a', 'b', 'server!x', 'server!y'] as const;
const READERS = ['a', 'b', 'server!'] as const;

type Step =
  | { readonly name: 'send'; readonly target: string }
  | { readonly name: 'groupSend' }
  | { readonly name: 'join'; readonly target: string }
  | { readonly name: 'receive'; readonly channels: readonly string[]; readonly max: number }
  | { readonly name: 'abort'; readonly listener: number }
  | { readonly name: 'advance'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      name: fc.constant('send' as const),
      target: fc.constantFrom(...TARGETS),
    }),
  },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('groupSend' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      name: fc.constant('join' as const),
      target: fc.constantFrom(...TARGETS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      name: fc.constant('receive' as const),
      channels: fc.shuffledSubarray([...READERS], { minLength: 1 }),
      max: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ name: fc.constant('abort' as const), listener: fc.nat(5) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ name: fc.constant('advance' as const), ms: fc.nat(70) }),
  },
);

/** Is an accepted message: what the ledger knows of it. */
interface Entry {
  readonly id: number;
  readonly reader: string;
  readonly channels: readonly string[];
  readonly deadline: number;
}

/** Runs steps against a layer and keeps books from the outside: promises broken are test failures. */
class Ledger {
  readonly clock = new ManualClock();
  readonly layer = memoryLayer({
    clock: this.clock,
    capacity: CAPACITY,
    mailboxCapacity: MAILBOX_CAPACITY,
    expiryMs: EXPIRY_MS,
  });
  /** Accepted and neither delivered nor expired, oldest first. */
  pending: Entry[] = [];
  listeners: Listener[] = [];
  readonly members = new Set<string>();
  accepted = 0;
  delivered = 0;
  expired = 0;
  refused = 0;
  #nextId = 0;

  async start(): Promise<void> {
    for (const target of TARGETS) await this.#join(target);
  }

  async take(next: Step): Promise<void> {
    switch (next.name) {
      case 'send':
        await this.#send(next.target);
        break;
      case 'groupSend':
        await this.#groupSend();
        break;
      case 'join':
        await this.#join(next.target);
        break;
      case 'receive':
        this.listeners.push(new Listener(this.layer, next.channels, next.max));
        break;
      case 'abort':
        this.listeners[next.listener % this.listeners.length]?.abort();
        break;
      case 'advance':
        this.clock.advance(next.ms);
        this.#expire();
        break;
    }
    await settled();
    this.#collect();
    this.#check();
  }

  /** Receives all that is left and ends every wait. */
  async drain(): Promise<void> {
    for (const listener of this.listeners) listener.abort();
    this.listeners.push(new Listener(this.layer, READERS, 1_000));
    this.listeners.at(-1)?.abort();
    await settled();
    this.#collect();
    this.#check();
    expect(this.listeners).toEqual([]);
    expect(this.pending).toEqual([]);
  }

  async #send(target: string): Promise<void> {
    const reader = nonLocalName(target);
    const fits = this.#fits(reader);
    const id = this.#nextId++;
    const outcome = await this.layer.send(target, { id, target }).then(
      () => 'accepted',
      (error: unknown) => (error instanceof ChannelFull ? 'refused' : error),
    );
    expect(outcome).toBe(fits ? 'accepted' : 'refused');
    if (fits) this.#accept(id, reader, [target]);
    else this.refused++;
  }

  async #join(target: string): Promise<void> {
    await this.layer.groupAdd('all', target);
    this.members.add(target);
  }

  async #groupSend(): Promise<void> {
    const id = this.#nextId++;
    // The order its members are listed in is the order they are served in.
    const members = await this.layer.groupChannels('all');
    expect(new Set(members)).toEqual(this.members);
    const readers = [...new Set(members.map(nonLocalName))];
    const fitting = new Set(
      readers.filter((reader) => this.#fits(reader, this.#waitersServedBefore(reader, readers))),
    );
    await this.layer.groupSend('all', { id });
    for (const reader of readers) {
      const channels = members.filter((member) => nonLocalName(member) === reader);
      if (fitting.has(reader)) this.#accept(id, reader, channels);
      else this.refused += channels.length;
    }
  }

  /** A group send serves its readers one after another; who was served for one is gone for the next. */
  #waitersServedBefore(reader: string, readers: readonly string[]): Set<Listener> {
    const gone = new Set<Listener>();
    for (const earlier of readers.slice(0, readers.indexOf(reader))) {
      const first = this.listeners.find(
        (listener) => !gone.has(listener) && listener.channels.includes(earlier),
      );
      if (first) gone.add(first);
    }
    return gone;
  }

  #fits(reader: string, gone: ReadonlySet<Listener> = new Set()): boolean {
    const isAwaited = this.listeners.some(
      (listener) => !gone.has(listener) && listener.channels.includes(reader),
    );
    const capacity = reader.endsWith('!') ? MAILBOX_CAPACITY : CAPACITY;
    return isAwaited || this.#pendingOn(reader).length < capacity;
  }

  #accept(id: number, reader: string, channels: readonly string[]): void {
    this.accepted++;
    this.pending.push({ id, reader, channels, deadline: this.clock.now() + EXPIRY_MS });
  }

  #pendingOn(reader: string): Entry[] {
    return this.pending.filter((entry) => entry.reader === reader);
  }

  #expire(): void {
    const over = this.pending.filter(({ deadline }) => deadline <= this.clock.now());
    const alive = this.pending.filter((entry) => !over.includes(entry));
    this.expired += over.length;
    for (const channel of over.flatMap(({ channels }) => channels)) this.members.delete(channel);
    this.pending = alive;
  }

  /** Enters what the listeners returned; each message has to be the oldest of its channel. */
  #collect(): void {
    for (const { result = [], channels, max } of this.listeners) {
      expect(result.length).toBeLessThanOrEqual(max);
      for (const message of result) this.#deliver(message, channels);
    }
    this.listeners = this.listeners.filter(({ result }) => result === undefined);
  }

  #deliver(message: Received, asked: readonly string[]): void {
    const readers = new Set(message.channels.map(nonLocalName));
    expect(readers.size).toBe(1);
    const [reader = ''] = readers;
    expect(asked).toContain(reader);
    const [oldest] = this.#pendingOn(reader);
    expect(message.content['id']).toBe(oldest?.id);
    expect(new Set(message.channels)).toEqual(new Set(oldest?.channels));
    this.pending = this.pending.filter((entry) => entry !== oldest);
    this.delivered++;
  }

  #check(): void {
    const awaited = new Set(this.listeners.flatMap(({ channels }) => channels));
    expect(this.pending.filter(({ reader }) => awaited.has(reader))).toEqual([]);
    const { messagesCount, messagesReceived, messagesPending, dropped } = this.layer.statistics();
    expect({ messagesCount, messagesReceived, messagesPending, dropped }).toEqual({
      messagesCount: this.accepted,
      messagesReceived: this.delivered,
      messagesPending: this.pending.length,
      dropped: { full: this.refused, expired: this.expired, closed: 0, resilience: 0 },
    });
    expect(this.accepted).toBe(this.delivered + this.pending.length + this.expired);
  }
}

describe('memoryLayer, under any interleaving of sends, receives, aborts and time', () => {
  it('delivers at most once, in order, in time, and accounts for every message', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
        const ledger = new Ledger();
        await ledger.start();
        for (const next of steps) await ledger.take(next);
        await ledger.drain();
      }),
      { numRuns: 100 },
    );
  });

  it('loses, doubles and reorders nothing when receives are aborted all the time', async () => {
    const shortWait = fc.record({ max: fc.integer({ min: 1, max: 4 }), abortFirst: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(shortWait, { maxLength: 30 }), async (waits) => {
        const layer = memoryLayer();
        const received: Content[] = [];
        const sent: Content[] = [];
        for (const [id, { max, abortFirst }] of waits.entries()) {
          const listener = new Listener(layer, ['jobs'], max);
          if (abortFirst) listener.abort();
          await layer.send('jobs', { id });
          sent.push({ id });
          listener.abort();
          received.push(...(await listener.done).map(({ content }) => content));
        }
        received.push(...(await contents(layer, 'jobs')));
        expect(received).toEqual(sent);
      }),
    );
  });
});
