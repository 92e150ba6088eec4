import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Content } from '@nest-channels/core';
import { ResidentLine } from '../../src/connection-life/resident-line.js';
import { ConsumeLater } from '../../src/control-flow.js';
import { deferred } from '../support/deferred.js';
import { CONNECT, type Handle, ResidentBench } from '../support/resident-bench.js';
import { settled } from '../support/settled.js';

let bench: ResidentBench;
let closed: string[];

beforeEach(() => {
  bench = new ResidentBench();
  closed = [];
});
afterEach(() => expect(bench.clock.timers).toBe(0));

function line(handlers: Readonly<Record<string, Handle>>): ResidentLine {
  return new ResidentLine({
    residences: [bench.residence(handlers)],
    speak: (channel, reply) => bench.spoken.push({ channel, ...reply }),
    host: bench.host,
    closeChannel: (name) => closed.push(name),
  });
}

const of = (local: number, more: Content = {}): Content => ({
  ...CONNECT,
  reply_channel: `server.test!${local}`,
  ...more,
});

describe('ResidentLine', () => {
  it('houses the connections of its paths', () => {
    const own = line({});
    expect(own.houses({ path: '/rooms/a' })).toBe(true);
    expect(own.houses({ path: '/others/a' })).toBe(false);
    own.close();
  });

  it('leads each message to the resident of its connection', async () => {
    const own = line({ 'websocket.receive': ({ content }) => content['text'] });
    for (const local of [1, 2]) await own.send('websocket.connect', of(local));
    await own.send('websocket.receive', of(2, { text: 'two' }));
    await own.send('websocket.receive', of(3, { text: 'nobody' }));
    await settled();
    expect(bench.spoken).toEqual([
      { channel: 'server.test!1', accept: true },
      { channel: 'server.test!2', accept: true },
      { channel: 'server.test!2', text: 'two' },
    ]);
    own.close();
  });

  it('gives each resident an event of its own, and knows who is none', async () => {
    const events: Content[] = [];
    const own = line({
      'chat.said': ({ content }) => {
        events.push(content);
        (content['by'] as { name: string }).name += '!';
      },
    });
    for (const local of [1, 2]) await own.send('websocket.connect', of(local));
    const event = { type: 'chat.said', by: { name: 'Ann' } };
    const told = [1, 2, 3].map((local) => own.tell(`server.test!${local}`, event));
    await settled();
    expect(told).toEqual([true, true, false]);
    expect(events.map(({ by }) => by)).toEqual([{ name: 'Ann!' }, { name: 'Ann!' }]);
    expect(event.by.name).toBe('Ann');
    own.close();
  });

  it('counts who is there, what runs and waits, and what became of messages', async () => {
    const gate = deferred();
    const own = line({
      'websocket.receive': async ({ content }) => {
        if (content['text'] === 'fail') throw new Error('failed');
        if (content['text'] === 'later') throw new ConsumeLater({ delayMs: 50 });
        await gate.promise;
      },
    });
    for (const local of [1, 2, 3]) await own.send('websocket.connect', of(local));
    for (const text of ['a', 'b']) await own.send('websocket.receive', of(1, { text }));
    await own.send('websocket.receive', of(2, { text: 'later' }));
    await own.send('websocket.receive', of(3, { text: 'fail' }));
    await settled();
    expect(own.statistics()).toMatchObject({ residents: 3, running: 1, waiting: 2 });
    expect(own.statistics()).toMatchObject({ unrouted: 3, postponed: 1, failed: 1, handled: 0 });
    gate.resolve();
    for (const local of [1, 2, 3]) await own.send('websocket.disconnect', of(local));
    expect(own.statistics()).toMatchObject({ residents: 0, running: 0, waiting: 0, handled: 2 });
    own.close();
  });

  it('is idle when all have left, whose channels are closed then', async () => {
    const own = line({});
    await own.idle();
    for (const local of [1, 2]) await own.send('websocket.connect', of(local));
    await settled();
    const idle = own.idle();
    own.refused('server.test!1');
    await own.send('websocket.disconnect', of(2, { code: 1000 }));
    await own.send('websocket.disconnect', of(2, { code: 1000 }));
    await idle;
    expect(closed.toSorted()).toEqual(['server.test!1', 'server.test!2']);
    own.close();
  });
});
