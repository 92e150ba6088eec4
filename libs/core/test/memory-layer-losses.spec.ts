import { describe, expect, it, jest } from '@jest/globals';
import {
  ChannelFull,
  type ChannelLayer,
  type Clock,
  ManualClock,
  memoryLayer,
  type MemoryLayerOptions,
  MIN_MAX_MESSAGE_BYTES,
} from '@nest-channels/core';
import { MemoryMailboxes } from '../src/memory-mailboxes.js';
import { expectRejected } from './support/failure.js';
import { contents } from './support/messages.js';
import { openSignal } from './support/open-signal.js';
import { settled } from './support/settled.js';
import { turnsUntil } from './support/turns.js';

/** Is a layer with a record of everything it told. */
function setUp(options: MemoryLayerOptions = {}) {
  const clock = new ManualClock();
  const layer = memoryLayer({ clock, expiryMs: 1_000, ...options });
  const told: unknown[] = [];
  layer.events.on('full', (what) => told.push(['full', what]));
  layer.events.on('expired', (what) => told.push(['expired', what]));
  layer.events.on('dropped', (what) => told.push(['dropped', what]));
  layer.events.on('gap', (what) => told.push(['gap', what]));
  layer.events.on('reset', (...what) => told.push(['reset', ...what]));
  return { clock, layer, told };
}

async function ids(layer: ChannelLayer, ...channels: string[]): Promise<unknown[]> {
  return (await contents(layer, channels)).map((content) => content['id']);
}

describe('A message that expires unread', () => {
  it('takes its channel out of all groups, when nothing else happens', async () => {
    const { clock, layer } = setUp();
    for (const group of ['one', 'two']) {
      for (const channel of ['silent', 'other']) await layer.groupAdd(group, channel);
    }
    await layer.send('silent', { id: 1 });
    clock.advance(999);
    expect(await layer.groupChannels('one')).toEqual(['silent', 'other']);
    clock.advance(1);
    for (const group of ['one', 'two']) expect(await layer.groupChannels(group)).toEqual(['other']);
  });

  it('takes each process-specific member it was for out of all groups, and no other', async () => {
    const { clock, layer } = setUp();
    for (const channel of ['server!a', 'server!b']) await layer.groupAdd('room', channel);
    await layer.groupAdd('other', 'server!b');
    await layer.groupAdd('other', 'server!c');
    await layer.groupSend('room', { id: 1 });
    clock.advance(1_000);
    expect(await layer.groupChannels('room')).toEqual([]);
    expect(await layer.groupChannels('other')).toEqual(['server!c']);
  });

  it('takes members out beside messages that were for the mailbox itself', async () => {
    const { clock, layer } = setUp();
    for (const channel of ['server!', 'server!a', 'server!b'])
      await layer.groupAdd('room', channel);
    for (const channel of ['server!', 'server!a', 'server!']) await layer.send(channel, { id: 1 });
    clock.advance(1_000);
    expect(await layer.groupChannels('room')).toEqual(['server!b']);
  });

  it('is told by the one event for all messages of its channel, by the timer alone', async () => {
    const { clock, layer, told } = setUp();
    await layer.send('server!a', { id: 1 });
    await layer.send('server!b', { id: 2 });
    await layer.send('jobs', { id: 3 });
    clock.advance(999);
    expect(told).toEqual([]);
    clock.advance(1);
    await settled();
    expect(told).toEqual([
      ['expired', { channel: 'server!', messages: 2 }],
      ['expired', { channel: 'jobs', messages: 1 }],
    ]);
  });

  it('is told once, whoever comes across it', async () => {
    const { clock, layer, told } = setUp();
    await layer.send('jobs', { id: 1 });
    clock.advance(1_000);
    await ids(layer, 'jobs');
    layer.statistics();
    layer.channelStatistics('jobs');
    clock.advance(1_000);
    expect(told).toEqual([['expired', { channel: 'jobs', messages: 1 }]]);
  });

  it('does not evict a member that was read in time', async () => {
    const { clock, layer, told } = setUp();
    await layer.groupAdd('room', 'jobs');
    await layer.groupSend('room', { id: 1 });
    expect(await ids(layer, 'jobs')).toEqual([1]);
    clock.advance(10_000);
    expect(await layer.groupChannels('room')).toEqual(['jobs']);
    expect(told).toEqual([]);
  });

  it('lets its channel join again', async () => {
    const { clock, layer } = setUp();
    await layer.groupAdd('room', 'jobs');
    await layer.groupSend('room', { id: 1 });
    clock.advance(1_000);
    await layer.groupAdd('room', 'jobs');
    await layer.groupSend('room', { id: 2 });
    expect(await ids(layer, 'jobs')).toEqual([2]);
  });

  it('leaves no mailbox behind, however many channels nobody reads', async () => {
    const expired: string[] = [];
    const clock = new ManualClock();
    const of = jest.spyOn(MemoryMailboxes.prototype, 'of');
    const layer = memoryLayer({ clock, expiryMs: 1_000 });
    layer.events.on('expired', ({ channel }) => expired.push(channel));
    for (let id = 0; id < 3_000; id++) await layer.send(`body?${id}`, { id });
    const mailboxes = of.mock.contexts[0] as MemoryMailboxes;
    of.mockRestore();
    clock.advance(1_000);
    await settled();
    expect(expired).toHaveLength(3_000);
    expect(Array.from(mailboxes.all()).length).toBeLessThanOrEqual(1_000);
  });
});

describe('A layer whose listeners use it', () => {
  /** Moves on without firing a timer, as a busy process does. */
  function lateClock() {
    let now = 0;
    const clock: Clock = { now: () => now, setTimer: () => ({ cancel: () => undefined }) };
    return { clock, advance: (ms: number) => (now += ms) };
  }

  it('receives what was sent while it found a message expired', async () => {
    const { clock, advance } = lateClock();
    const layer = memoryLayer({ clock, expiryMs: 1_000 });
    const sends: Promise<void>[] = [];
    layer.events.on('expired', () => sends.push(layer.send('dead', { id: 'forwarded' })));
    await layer.send('jobs', { id: 1 });
    advance(1_000);
    const controller = new AbortController();
    const received = layer.receive(['dead', 'jobs'], { signal: controller.signal });
    await Promise.resolve();
    controller.abort();
    await Promise.all(sends);
    expect(await received).toEqual([{ channels: ['dead'], content: { id: 'forwarded' } }]);
  });

  it('delivers what a listener sends on from a channel that expired by the timer', async () => {
    const { clock, layer } = setUp();
    const sends: Promise<void>[] = [];
    layer.events.on('expired', ({ channel }) => {
      if (channel === 'jobs') sends.push(layer.send('dead', { id: 'forwarded' }));
    });
    const waiting = layer.receive(['dead'], { signal: openSignal() });
    await layer.send('jobs', { id: 1 });
    clock.advance(1_000);
    await settled();
    await Promise.all(sends);
    expect(await waiting).toEqual([{ channels: ['dead'], content: { id: 'forwarded' } }]);
  });

  it('can be flushed and closed from a listener', async () => {
    const { clock, layer, told } = setUp();
    const calls: Promise<void>[] = [];
    layer.events.on('expired', () => calls.push(layer.flush(), layer.close()));
    await layer.send('a', { id: 1 });
    clock.advance(500);
    await layer.send('b', { id: 2 });
    clock.advance(500);
    await settled();
    await Promise.all(calls);
    expect(told).toEqual([['expired', { channel: 'a', messages: 1 }], ['reset']]);
    expect(layer.statistics()).toMatchObject({
      messagesCount: 2,
      dropped: { expired: 1, closed: 1 },
    });
  });
});

describe('The events of a memory layer', () => {
  it('tell a refused send with the channel, its capacity and one message', async () => {
    const { layer, told } = setUp({ mailboxCapacity: 1 });
    await layer.send('server!a', { id: 1 });
    await expectRejected(ChannelFull, layer.send('server!b', { id: 2 }));
    expect(told).toEqual([['full', { channel: 'server!', capacity: 1, messages: 1 }]]);
  });

  it('tell a full group member with the number of members behind it', async () => {
    const { layer, told } = setUp({ capacity: 1, mailboxCapacity: 2 });
    for (const channel of ['server!a', 'server!b', 'jobs']) await layer.groupAdd('room', channel);
    for (const id of [1, 2, 3]) await layer.groupSend('room', { id });
    expect(told).toEqual([
      ['full', { channel: 'jobs', capacity: 1, messages: 1 }],
      ['full', { channel: 'server!', capacity: 2, messages: 2 }],
      ['full', { channel: 'jobs', capacity: 1, messages: 1 }],
    ]);
    expect(layer.statistics()).toMatchObject({ channelFullCount: 3, dropped: { full: 4 } });
  });

  it('tell a flush, and not the messages it removes', async () => {
    const { layer, told } = setUp();
    await layer.send('jobs', { id: 1 });
    await layer.flush();
    await layer.flush();
    expect(told).toEqual([['reset'], ['reset']]);
    expect(layer.statistics().dropped).toEqual({ full: 0, expired: 0, closed: 1, resilience: 0 });
  });

  it('tell nothing in a life without losses', async () => {
    const { clock, layer, told } = setUp();
    await layer.groupAdd('room', 'jobs');
    await layer.groupSend('room', { id: 1 });
    expect(await ids(layer, 'jobs')).toEqual([1]);
    clock.advance(5_000);
    await layer.close();
    expect(told).toEqual([]);
  });
});

describe('The statistics of a memory layer', () => {
  it('count what was still there at a close as closed', async () => {
    const { layer } = setUp();
    for (const id of [1, 2]) await layer.send('jobs', { id });
    await layer.close();
    expect(layer.statistics()).toMatchObject({
      messagesCount: 2,
      messagesPending: 0,
      dropped: { closed: 2 },
    });
  });

  it('give rates over the last ten whole seconds', async () => {
    const { clock, layer } = setUp({ capacity: 20 });
    for (let id = 0; id < 20; id++) await layer.send('jobs', { id });
    for (let id = 0; id < 10; id++) await expectRejected(ChannelFull, layer.send('jobs', { id }));
    expect(layer.statistics()).toMatchObject({
      messagesCountPerSecond: 0,
      channelFullCountPerSecond: 0,
    });
    clock.advance(1_000);
    const rates = { messagesCountPerSecond: 2, channelFullCountPerSecond: 1 };
    expect(layer.statistics()).toMatchObject(rates);
    expect(layer.channelStatistics('jobs')).toMatchObject(rates);
    clock.advance(9_999);
    expect(layer.statistics()).toMatchObject(rates);
    clock.advance(1);
    expect(layer.statistics()).toMatchObject({
      messagesCount: 20,
      messagesCountPerSecond: 0,
      channelFullCount: 10,
      channelFullCountPerSecond: 0,
    });
  });

  it('give the age of the oldest message that waits, over all channels', async () => {
    const { clock, layer } = setUp();
    expect(layer.statistics().messagesMaxAgeMs).toBe(0);
    await layer.send('old', { id: 1 });
    clock.advance(300);
    await layer.send('young', { id: 2 });
    clock.advance(100);
    expect(layer.statistics().messagesMaxAgeMs).toBe(400);
    expect(layer.channelStatistics('young').messagesMaxAgeMs).toBe(100);
    await ids(layer, 'old');
    expect(layer.statistics().messagesMaxAgeMs).toBe(100);
    clock.advance(900);
    expect(layer.statistics().messagesMaxAgeMs).toBe(0);
  });

  it('of a channel count it alone, a mailbox with all its local parts', async () => {
    const { layer } = setUp({ capacity: 1 });
    for (const channel of ['server!a', 'server!b', 'jobs']) await layer.send(channel, { id: 1 });
    await expectRejected(ChannelFull, layer.send('jobs', { id: 2 }));
    expect(layer.channelStatistics('server!')).toMatchObject({
      messagesCount: 2,
      messagesPending: 2,
      channelFullCount: 0,
    });
    expect(layer.channelStatistics('jobs')).toMatchObject({
      messagesCount: 1,
      messagesPending: 1,
      channelFullCount: 1,
    });
  });

  it('of a channel that is not in use are zeros, and do not put it to use', () => {
    const { layer } = setUp();
    const zeros = {
      messagesCount: 0,
      messagesCountPerSecond: 0,
      messagesPending: 0,
      messagesMaxAgeMs: 0,
      channelFullCount: 0,
      channelFullCountPerSecond: 0,
    };
    expect(layer.channelStatistics('unused')).toEqual(zeros);
    expect(layer.channelStatistics('unused')).toEqual(zeros);
  });
});

describe('The options of a memory layer', () => {
  it('give channels capacities by name, the first match first', async () => {
    const { layer } = setUp({
      channelCapacity: [
        ['mail.*', 1],
        [/mail|jobs/, 2],
      ],
    });
    await layer.send('mail.bulk', { id: 1 });
    const error = await expectRejected(ChannelFull, layer.send('mail.bulk', { id: 2 }));
    expect(error.capacity).toBe(1);
    for (const id of [1, 2]) await layer.send('jobs', { id });
    await expectRejected(ChannelFull, layer.send('jobs', { id: 3 }));
  });

  it.each([
    [undefined, MIN_MAX_MESSAGE_BYTES],
    [0, MIN_MAX_MESSAGE_BYTES],
    [1_000, MIN_MAX_MESSAGE_BYTES],
    [MIN_MAX_MESSAGE_BYTES - 1, MIN_MAX_MESSAGE_BYTES],
    [MIN_MAX_MESSAGE_BYTES + 1, MIN_MAX_MESSAGE_BYTES + 1],
    [100_000_000, 100_000_000],
  ])('set the longest message to %p as %d, never below 1 MiB', (maxMessageBytes, limit) => {
    expect(memoryLayer({ maxMessageBytes }).maxMessageBytes).toBe(limit);
  });

  it('can have every message encoded, so that it comes as other layers carry it', async () => {
    const strict = memoryLayer({ strict: true });
    const content = { small: 5n, large: 2n ** 60n, bytes: new Uint8Array([1]), text: 'a' };
    await strict.groupAdd('room', 'jobs');
    await strict.send('jobs', content);
    await strict.groupSend('room', content);
    const carried = { small: 5, large: 2n ** 60n, bytes: Buffer.from([1]), text: 'a' };
    expect(await contents(strict, 'jobs')).toEqual([carried, carried]);
  });

  it('hand messages on as they are unless strict', async () => {
    const layer = memoryLayer();
    await layer.send('jobs', { small: 5n });
    expect(await contents(layer, 'jobs')).toEqual([{ small: 5n }]);
  });
});

describe('A group of 5,000 members', () => {
  it('leaves the event loop its turns while it is sent to, and reaches all', async () => {
    const { layer } = setUp();
    for (let id = 0; id < 5_000; id++) await layer.groupAdd('room', `body?${id}`);
    const turns = await turnsUntil(layer.groupSend('room', { id: 1 }));
    expect(turns).toBeGreaterThanOrEqual(10);
    expect(layer.statistics()).toMatchObject({ messagesCount: 5_000, messagesPending: 5_000 });
  });

  it('keeps the order of two sends, and sends to those who were members at their time', async () => {
    const { layer } = setUp();
    for (let id = 0; id < 5_000; id++) await layer.groupAdd('room', `body?${id}`);
    const first = layer.groupSend('room', { id: 1 });
    await layer.groupAdd('room', 'late');
    await layer.groupDiscard('room', 'body?4999');
    const second = layer.groupSend('room', { id: 2 });
    await Promise.all([first, second]);
    expect(await ids(layer, 'body?0')).toEqual([1, 2]);
    expect(await ids(layer, 'body?4998')).toEqual([1, 2]);
    expect(await ids(layer, 'body?4999')).toEqual([1]);
    expect(await ids(layer, 'late')).toEqual([2]);
  });

  it('gets nothing more once the layer is closed', async () => {
    const { layer } = setUp();
    for (let id = 0; id < 5_000; id++) await layer.groupAdd('room', `body?${id}`);
    const sent = layer.groupSend('room', { id: 1 });
    await layer.close();
    await sent;
    const { messagesCount, messagesPending, dropped } = layer.statistics();
    expect(messagesPending).toBe(0);
    expect(messagesCount).toBe(dropped.closed);
    expect(messagesCount).toBeLessThan(5_000);
  });
});

describe('A message to 5,000 members that expires unread', () => {
  /** Is a layer in which so many members behind one mailbox have just lost their message. */
  async function setUpExpired() {
    const { clock, layer, told } = setUp();
    for (let id = 0; id < 5_000; id++) await layer.groupAdd('room', `server!${id}`);
    await layer.groupAdd('other', 'server!4999');
    await layer.groupAdd('third', 'jobs');
    await layer.groupSend('room', { id: 1 });
    clock.advance(1_000);
    return { clock, layer, told };
  }

  it('leaves the event loop its turns while they leave', async () => {
    const { layer } = await setUpExpired();
    expect(await turnsUntil(layer.groupChannels('room').then(() => {}))).toBeGreaterThanOrEqual(5);
    expect(layer.statistics()).toMatchObject({ messagesPending: 0, dropped: { expired: 1 } });
  });

  it('lets no later send reach them', async () => {
    const { layer } = await setUpExpired();
    await Promise.all([layer.groupSend('other', { id: 2 }), layer.groupSend('room', { id: 3 })]);
    expect(await ids(layer, 'server!')).toEqual([]);
    for (const group of ['room', 'other']) expect(await layer.groupChannels(group)).toEqual([]);
  });

  it('lets members join again, and keeps the order of what is done with groups', async () => {
    const { layer } = await setUpExpired();
    await Promise.all([
      layer.groupAdd('room', 'server!4999'),
      layer.groupAdd('room', 'server!4998'),
      layer.groupAdd('room', 'server!4997'),
      layer.groupDiscard('room', 'server!4998'),
      layer.closeChannel('server!4997'),
      layer.groupSend('room', { id: 2 }),
    ]);
    expect(await layer.groupChannels('room')).toEqual(['server!4999']);
    expect(await ids(layer, 'server!')).toEqual([2]);
  });

  it('does not change what is sent meanwhile', async () => {
    const { layer } = await setUpExpired();
    const content = { id: 2 };
    const sent = layer.groupSend('third', content);
    content.id = 3;
    await sent;
    expect(await ids(layer, 'jobs')).toEqual([2]);
  });

  it('is forgotten when the layer is flushed', async () => {
    const { layer } = await setUpExpired();
    await layer.flush();
    await layer.groupAdd('room', 'server!4999');
    await settled();
    expect(await layer.groupChannels('room')).toEqual(['server!4999']);
  });
});

describe('A message to 3,000 normal channels', () => {
  it('is counted for each, read or expired', async () => {
    const { clock, layer, told } = setUp();
    for (let id = 0; id < 3_000; id++) await layer.groupAdd('room', `body?${id}`);
    await layer.groupSend('room', { id: 1 });
    await layer.groupSend('room', { id: 2 });
    expect(await ids(layer, 'body?0', 'body?2999')).toEqual([1, 1, 2, 2]);
    clock.advance(400);
    expect(layer.statistics()).toMatchObject({
      messagesCount: 6_000,
      messagesPending: 5_996,
      messagesMaxAgeMs: 400,
    });
    clock.advance(600);
    await settled();
    expect(layer.statistics()).toMatchObject({
      messagesPending: 0,
      messagesReceived: 4,
      dropped: { expired: 5_996 },
    });
    expect(told).toHaveLength(2_998);
    expect(told[0]).toEqual(['expired', { channel: 'body?1', messages: 2 }]);
    expect(await layer.groupChannels('room')).toEqual(['body?0', 'body?2999']);
  });

  it('finds a channel full at its capacity, and counts it', async () => {
    const { layer, told } = setUp({ capacity: 2 });
    for (const channel of ['a', 'b']) await layer.groupAdd('room', channel);
    for (const id of [1, 2]) await layer.groupSend('room', { id });
    await ids(layer, 'a');
    await layer.groupSend('room', { id: 3 });
    expect(told).toEqual([['full', { channel: 'b', capacity: 2, messages: 1 }]]);
    expect(await ids(layer, 'a')).toEqual([3]);
    expect(await ids(layer, 'b')).toEqual([1, 2]);
    expect(layer.channelStatistics('b')).toMatchObject({ messagesCount: 2, channelFullCount: 1 });
  });

  it('is dropped with the layer, and counted as closed', async () => {
    const { layer } = setUp();
    for (const channel of ['a', 'b']) await layer.groupAdd('room', channel);
    await layer.groupSend('room', { id: 1 });
    await layer.close();
    expect(layer.statistics()).toMatchObject({ messagesPending: 0, dropped: { closed: 2 } });
  });
});
