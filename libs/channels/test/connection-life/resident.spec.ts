import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Content } from '@nest-channels/core';
import { ConsumeLater } from '../../src/control-flow.js';
import { LEAVE_MS, Resident } from '../../src/connection-life/resident.js';
import { deferred } from '../support/deferred.js';
import { CONNECT, type Handle, ResidentBench } from '../support/resident-bench.js';
import { settled } from '../support/settled.js';

const DISCONNECT = { ...CONNECT, code: 1000, order: 2 };

let bench: ResidentBench;

beforeEach(() => {
  bench = new ResidentBench();
});
afterEach(() => {
  bench.runs.close();
  expect(bench.clock.timers).toBe(0);
});

async function resident(
  handlers: Readonly<Record<string, Handle>>,
  more?: Parameters<ResidentBench['residence']>[1],
): Promise<Resident> {
  const residence = bench.residence(handlers, more);
  const made = new Resident(residence, CONNECT, { room: 'blue' }, bench.host);
  made.arrive();
  await settled();
  return made;
}

const frame = (text: string): Content => ({ ...CONNECT, text, order: 1 });

describe('Resident', () => {
  it('has one instance for all messages, with what the path captured', async () => {
    const selves: object[] = [];
    const own = await resident({
      'websocket.connect': (_message, self) => void selves.push(self),
      'websocket.receive': (message, self) => (selves.push(self), message.params['room']),
    });
    own.take('websocket.receive', frame('a'));
    await settled();
    expect(selves).toHaveLength(2);
    expect(selves[0]).toBe(selves[1]);
    expect(bench.spoken).toEqual([{ text: 'blue' }]);
  });

  it('adds what a filter of the handler captured', async () => {
    const filters = { text: /say (?<what>\w+)/ };
    const own = await resident({ 'websocket.receive': ({ params }) => params }, { filters });
    own.take('websocket.receive', frame('say hi'));
    await settled();
    expect(bench.spoken.at(-1)).toEqual({ text: '{"room":"blue","what":"hi"}' });
  });

  it('handles messages one after another, its connect first', async () => {
    const gate = deferred();
    const texts: unknown[] = [];
    const own = await resident({
      'websocket.connect': () => gate.promise,
      'websocket.receive': ({ content }) => void texts.push(content['text']),
    });
    own.take('websocket.receive', frame('a'));
    own.take('websocket.receive', frame('b'));
    await settled();
    expect(texts).toEqual([]);
    gate.resolve();
    await settled();
    expect(texts).toEqual(['a', 'b']);
  });

  it('handles side by side what says so', async () => {
    const started: unknown[] = [];
    const gate = deferred();
    const handle: Handle = ({ content }) => (started.push(content['id']), gate.promise);
    const own = await resident({ 'side.work': handle }, { parallel: 'side.work' });
    for (const id of [1, 2, 3]) own.tell({ type: 'side.work', id });
    await settled();
    expect(started).toEqual([1, 2]);
    gate.resolve();
    await settled();
    expect(started).toEqual([1, 2, 3]);
  });

  it('hears events with the keys of its connection', async () => {
    const contents: Content[] = [];
    const own = await resident({ 'chat.said': ({ content }) => void contents.push(content) });
    own.tell({ type: 'chat.said', text: 'a', path: '/forged' });
    await settled();
    const { reply_channel, path } = CONNECT;
    expect(contents).toEqual([{ type: 'chat.said', text: 'a', reply_channel, path }]);
  });

  it('settles the frames that ask for it', async () => {
    const own = await resident({ 'websocket.receive': () => undefined });
    own.take('websocket.receive', { ...frame('a'), settle: true });
    await settled();
    expect(bench.spoken).toEqual([{ accept: true }, { settled: 1 }]);
  });

  it('handles a message again later, and others behind it', async () => {
    const texts: unknown[] = [];
    const own = await resident({
      'websocket.receive': ({ content: { text } }) => {
        texts.push(text);
        if (texts.length === 1) throw new ConsumeLater({ delayMs: 50 });
      },
    });
    own.take('websocket.receive', frame('a'));
    own.take('websocket.receive', frame('b'));
    await settled();
    expect(texts).toEqual(['a']);
    bench.clock.advance(50);
    await settled();
    expect(texts).toEqual(['a', 'a', 'b']);
  });

  it('leaves when what runs and waits has been handled', async () => {
    const gate = deferred();
    const heard: unknown[] = [];
    const own = await resident({
      'websocket.receive': ({ content }) => (heard.push(content['text']), gate.promise),
      'websocket.disconnect': ({ content }) => void heard.push(content['code']),
    });
    own.take('websocket.receive', frame('a'));
    own.take('websocket.receive', frame('b'));
    await settled();
    const left = own.leave(DISCONNECT);
    await settled();
    expect(heard).toEqual(['a']);
    gate.resolve();
    await left;
    expect(heard).toEqual(['a', 'b', 1000]);
    expect(bench.gone).toEqual(['server.test!1']);
  });

  it('waits for that no longer than it may', async () => {
    const heard: unknown[] = [];
    const own = await resident({
      'websocket.receive': () => new Promise(() => undefined),
      'websocket.disconnect': ({ content }) => void heard.push(content['code']),
    });
    own.take('websocket.receive', frame('a'));
    own.take('websocket.receive', frame('b'));
    await settled();
    const left = own.leave(DISCONNECT);
    bench.clock.advance(LEAVE_MS);
    await left;
    expect(heard).toEqual([1000]);
  });

  it('drops what it was to handle again when it leaves', async () => {
    let runs = 0;
    const own = await resident({
      'websocket.receive': () => {
        runs++;
        throw new ConsumeLater({ delayMs: 1_000_000 });
      },
    });
    own.take('websocket.receive', frame('a'));
    await settled();
    await own.leave(DISCONNECT);
    expect(runs).toBe(1);
    expect(bench.gone).toHaveLength(1);
  });

  it('leaves once', async () => {
    let ends = 0;
    const own = await resident({ 'websocket.disconnect': () => void ends++ });
    await Promise.all([own.leave(DISCONNECT), own.leaveRefused(), own.leave(DISCONNECT)]);
    expect(ends).toBe(1);
    expect(bench.gone).toHaveLength(1);
  });

  it('handles nothing more after a close of its own', async () => {
    const texts: unknown[] = [];
    const own = await resident({
      'websocket.receive': async (message) => {
        texts.push(message.content['text']);
        await message.close(4000);
      },
    });
    own.take('websocket.receive', frame('a'));
    own.take('websocket.receive', frame('b'));
    await settled();
    expect(texts).toEqual(['a']);
    expect(bench.spoken.at(-1)).toEqual({ close: 4000, reason: '' });
  });

  it.each<[string, Handle, number[]]>([
    ['it failed', () => Promise.reject(new Error('failed')), [1006]],
    ['it denied', (message) => message.deny(), []],
  ])('hears of its end after a refusal because %s', async (_what, connect, codes) => {
    const heard: unknown[] = [];
    const own = await resident({
      'websocket.connect': connect,
      'websocket.disconnect': ({ content }) => void heard.push(content['code']),
    });
    await own.leaveRefused();
    expect(heard).toEqual(codes);
    expect(bench.gone).toHaveLength(1);
  });

  it('refuses its connection when it cannot be made', async () => {
    const create = (): Promise<never> => Promise.reject(new Error('cannot'));
    const own = await resident({ 'websocket.receive': () => 'never' }, { create });
    own.take('websocket.receive', frame('a'));
    await own.leaveRefused();
    expect(bench.spoken).toEqual([{ accept: false, status: 500, close: 1011 }]);
    expect(bench.gone).toEqual(['server.test!1']);
    expect(bench.logs.messages('error')).toEqual(['Test cannot be made: cannot']);
  });
});
