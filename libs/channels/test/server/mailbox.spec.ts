import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Content, LayerUnavailable, ManualClock } from '@nest-channels/core';
import { Logger } from '@nestjs/common';
import { Mailbox } from '../../src/server/mailbox.js';
import type { Reply } from '../../src/server/reply-reader.js';
import { deferred } from '../support/deferred.js';
import { FaultyLayer } from '../support/faulty-layer.js';
import { Inbox } from '../support/inbox.js';
import type { LogRecorder } from '../support/log-recorder.js';
import { waitingContents } from '../support/reading.js';
import { recordLogs } from '../support/recorded-logs.js';
import { settled } from '../support/settled.js';

const ADDRESS = 'server.test!';

let clock: ManualClock;
let layer: FaultyLayer;
let logs: LogRecorder;
let mailbox: Mailbox;
let delivered: Inbox<[channel: string, reply: Reply]>;
let events: Inbox<[channel: string, event: Content]>;
let deliver: (channel: string, reply: Reply) => void;

beforeEach(() => {
  clock = new ManualClock();
  layer = new FaultyLayer(clock);
  logs = recordLogs();
  delivered = new Inbox();
  events = new Inbox();
  deliver = (channel, reply) => delivered.push([channel, reply]);
  mailbox = new Mailbox(ADDRESS, {
    layer,
    clock,
    logger: new Logger('InterfaceServer'),
    deliver: (channel, reply) => deliver(channel, reply),
    deliverEvent: (channel, event) => events.push([channel, event]),
  });
});

afterEach(async () => {
  await mailbox.close();
  expect(clock.timers).toBe(0);
});

const send = (local: string, content: Content): Promise<void> =>
  layer.send(ADDRESS + local, content);

/** Takes what has been delivered next: the local part of its channel and its data. */
async function next(): Promise<[string, unknown]> {
  const [channel, reply] = await delivered.next();
  return [channel.slice(ADDRESS.length), reply.frame?.data];
}

async function failingLayer(): Promise<void> {
  layer.faults.receive = () => Promise.reject(new LayerUnavailable('no layer'));
  mailbox.open();
  await logs.nextProblem();
}

describe('Mailbox', () => {
  it('hands each reply to the channel it was sent to, in order', async () => {
    mailbox.open();
    await send('1', { text: 'one' });
    await send('2', { text: 'two' });
    await send('1', { text: 'three' });
    expect([await next(), await next(), await next()]).toEqual([
      ['1', 'one'],
      ['2', 'two'],
      ['1', 'three'],
    ]);
  });

  it('hands over a reply as it was read', async () => {
    mailbox.open();
    await send('1', { accept: false, status: 404, close: true });
    const [, reply] = await delivered.next();
    expect(reply).toMatchObject({
      accept: false,
      status: 404,
      headers: {},
      close: { code: 1000, reason: '' },
    });
  });

  it('hands an event to each channel it was sent to, whatever else it holds', async () => {
    for (const local of ['1', '2']) await layer.groupAdd('room', ADDRESS + local);
    mailbox.open();
    const event = { type: 'chat.said', text: 'hi', of: { any: 'shape' } };
    await layer.groupSend('room', event);
    expect(await events.take(2)).toEqual([
      [`${ADDRESS}1`, event],
      [`${ADDRESS}2`, event],
    ]);
    expect(delivered.size).toBe(0);
  });

  it.each(['websocket.receive', 'not a name', ''])(
    'drops an event of type "%s" and goes on',
    async (type) => {
      mailbox.open();
      await send('1', { type });
      expect(await logs.nextProblem()).toContain('Dropped a reply');
      await send('1', { text: 'next' });
      expect(await next()).toEqual(['1', 'next']);
      expect(events.size).toBe(0);
    },
  );

  it('hands a group message to each member in it', async () => {
    for (const local of ['1', '2', '3']) await layer.groupAdd('room', ADDRESS + local);
    await layer.groupAdd('room', 'server.other!9');
    mailbox.open();
    await layer.groupSend('room', { text: 'all' });
    expect([await next(), await next(), await next()]).toEqual([
      ['1', 'all'],
      ['2', 'all'],
      ['3', 'all'],
    ]);
    await settled();
    expect(delivered.size).toBe(0);
    expect(await waitingContents(layer, 'server.other!')).toEqual([{ text: 'all' }]);
  });

  it('reads what came before it opened, in order, however much it is', async () => {
    for (let index = 0; index < 1_200; index++) await send('1', { text: `${index}` });
    mailbox.open();
    const texts = (await delivered.take(1_200)).map(([, reply]) => reply.frame?.data);
    expect(texts).toEqual(Array.from({ length: 1_200 }, (_, index) => `${index}`));
  });

  it('lets others have their turn while replies never cease', async () => {
    deliver = () => clock.advance(10);
    for (let index = 0; index < 2_000; index++) await send('1', {});
    mailbox.open();
    await settled();
    expect(clock.now()).toBe(5_000);
  });

  it('reads its own address alone', async () => {
    mailbox.open();
    expect(await layer.receives.next()).toEqual([ADDRESS]);
  });

  it.each<[string, Content, string]>([
    ['an unknown key', { content: 'hi' }, 'a reply has no key "content"'],
    ['text and bytes', { text: 'a', bytes: Buffer.from('b') }, 'text or bytes, not both'],
    ['an impossible close code', { close: 1006 }, 'code 1006 is not one of'],
    ['a value of another type', { accept: 'yes' }, '"accept" of a reply is a boolean'],
    ['a 64-bit integer', { status: 403n }, ''],
  ])('drops and logs a reply with %s, and goes on', async (_what, content, problem) => {
    mailbox.open();
    await send('1', content);
    await send('2', { text: 'next' });
    expect(await next()).toEqual(['2', 'next']);
    expect(logs.messages('error')).toEqual([
      expect.stringMatching(/^Dropped a reply to server\.test!1: /),
    ]);
    expect(logs.messages('error')[0]).toContain(problem);
    expect(delivered.size).toBe(0);
  });

  it('logs a delivery that fails, and goes on', async () => {
    deliver = (channel, reply) => {
      if (reply.frame?.data === 'bad') throw new Error('cannot deliver');
      delivered.push([channel, reply]);
    };
    mailbox.open();
    await send('1', { text: 'bad' });
    await send('2', { text: 'next' });
    expect(await next()).toEqual(['2', 'next']);
    expect(logs.messages('error')).toEqual(['Dropped a reply to server.test!1: cannot deliver']);
  });

  it('hands a group message to the other members when one of them fails', async () => {
    deliver = (channel, reply) => {
      if (channel === 'server.test!2') throw new Error('cannot deliver');
      delivered.push([channel, reply]);
    };
    for (const local of ['1', '2', '3']) await layer.groupAdd('room', ADDRESS + local);
    mailbox.open();
    await layer.groupSend('room', { text: 'all' });
    await send('4', { text: 'next' });
    const served: string[] = [];
    while (served.at(-1) !== '4') served.push((await next())[0]);
    expect(served).toEqual(['1', '3', '4']);
    expect(logs.messages('error')).toEqual(['Dropped a reply to server.test!2: cannot deliver']);
  });

  it('tries a failing layer again after a second, until it works', async () => {
    await failingLayer();
    expect(logs.messages('error')).toEqual([
      expect.stringMatching(/^Cannot receive from the faulty layer: no layer/),
    ]);
    expect(layer.receives.size).toBe(1);
    clock.advance(999);
    await settled();
    expect(layer.receives.size).toBe(1);
    clock.advance(1);
    await logs.nextProblem();
    expect(layer.receives.size).toBe(2);
    delete layer.faults.receive;
    await send('1', { text: 'waited' });
    clock.advance(1_000);
    expect(await next()).toEqual(['1', 'waited']);
    expect(logs.messages('error')).toHaveLength(2);
  });

  it('closes while it waits for replies, and leaves what comes then', async () => {
    mailbox.open();
    await mailbox.close();
    await send('1', { text: 'too late' });
    await settled();
    expect(delivered.size).toBe(0);
    expect(await waitingContents(layer, ADDRESS)).toEqual([{ text: 'too late' }]);
  });

  it('closes at once while it waits for a failing layer', async () => {
    await failingLayer();
    expect(clock.timers).toBe(1);
    await mailbox.close();
    expect(clock.timers).toBe(0);
    clock.advance(10_000);
    await settled();
    expect(layer.receives.size).toBe(1);
  });

  it('closes when the layer has let go', async () => {
    const gate = deferred();
    layer.faults.receive = () => gate.promise;
    mailbox.open();
    let isClosed = false;
    const closed = mailbox.close().then(() => (isClosed = true));
    await settled();
    expect(isClosed).toBe(false);
    gate.resolve();
    await closed;
    expect(layer.receives.size).toBe(1);
  });

  it('closes without having been open', async () => {
    await mailbox.close();
    expect(layer.receives.size).toBe(0);
  });

  it('waits out a layer that has been closed under it', async () => {
    mailbox.open();
    await layer.close();
    expect(await logs.nextProblem()).toContain(
      'Cannot receive from the faulty layer: The memory layer is closed.',
    );
    await mailbox.close();
    expect(logs.messages('error')).toHaveLength(1);
  });
});
