// Types are what these tests are about: most of them fail in `tsc -p tsconfig.test.json`, by an
// assignment that does not fit or by a `@ts-expect-error` that expects in vain.
import { describe, expect, it } from '@jest/globals';
import {
  Channel,
  type ChannelContents,
  type Content,
  type ContentOf,
  Group,
  InvalidContent,
  ManualClock,
  memoryLayer,
  Message,
  type SendableTo,
  SendScopes,
  type WebSocketConnect,
  type WebSocketDisconnect,
  type WebSocketReceive,
} from '@nest-channels/core';
import { expectThrown } from './support/failure.js';
import { contents } from './support/messages.js';

declare module '@nest-channels/core' {
  interface ChannelContents {
    'spec.thumbnails': { path: string; width: number };
    [room: `spec-room-${string}`]: { text: string };
  }
}

type IsAny<T> = 0 extends 1 & T ? true : false;
type Equal<A, B> =
  IsAny<A> extends true ? false : [A] extends [B] ? ([B] extends [A] ? true : false) : false;

interface Job {
  readonly id: number;
}

function jobWith(id: number): Job {
  return { id };
}

const layer = memoryLayer();
const scopes = new SendScopes(new ManualClock());

const received: WebSocketReceive = {
  reply_channel: 'server!1',
  path: '/',
  text: 'hi',
  order: 1,
};

describe('ChannelContents', () => {
  it('types what is sent to a channel that the application declared', async () => {
    const thumbnails = new Channel('spec.thumbnails', layer, scopes);
    await thumbnails.send({ path: '/a.png', width: 1 });
    // @ts-expect-error The width is a number.
    await thumbnails.send({ path: '/a.png', width: '2' });
    // @ts-expect-error The width is missing.
    await thumbnails.send({ path: '/a.png' });
    // @ts-expect-error There is no such key.
    await thumbnails.send({ path: '/a.png', width: 4, height: 4 });
    // Types are checked when compiling, and only then.
    expect(await contents(layer, 'spec.thumbnails')).toHaveLength(4);
  });

  it('types what is sent to a family of groups that the application declared', async () => {
    const room = new Group('spec-room-7', layer, scopes);
    await room.add('members');
    await room.send({ text: 'hi' });
    // @ts-expect-error The text is a text.
    await room.send({ text: 7 });
    // @ts-expect-error The text is missing.
    await room.send({});
    expect(await contents(layer, 'members')).toEqual([{ text: 'hi' }, { text: 7 }, {}]);
  });

  it('types a name that is made of a template', async () => {
    const room = (id: number) => new Channel(`spec-room-${id}` as const, layer, scopes);
    await room(1).send({ text: 'hi' });
    // @ts-expect-error The text is a text.
    await room(2).send({ text: 7 });
    expect(await contents(layer, ['spec-room-1', 'spec-room-2'])).toHaveLength(2);
  });

  it('types what is sent to a channel of the framework', async () => {
    const frames = new Channel('websocket.receive', layer, scopes);
    await frames.send(received);
    // @ts-expect-error The path and the reply channel are missing.
    await frames.send({ text: 'hi', order: 1 });
    expect(await contents(layer, 'websocket.receive')).toHaveLength(2);
  });

  it('lets a channel of another name take any object, one typed by an interface too', async () => {
    const job: Job = { id: 1 };
    const undeclared = new Channel('spec-undeclared', layer, scopes);
    await undeclared.send(job);
    await undeclared.send(jobWith(2));
    await undeclared.send({ whatever: [1, 'two', null] });
    expect(await contents(layer, 'spec-undeclared')).toEqual([
      { id: 1 },
      { id: 2 },
      { whatever: [1, 'two', null] },
    ]);
  });

  it('lets a channel of a name known at run time take any object', async () => {
    const name: string = ['spec', 'thumbnails'].join('-');
    const channel = new Channel(name, layer, scopes);
    const job: Job = { id: 1 };
    await channel.send(job);
    expect(await contents(layer, name)).toEqual([{ id: 1 }]);
  });

  it('lets no channel take what is not an object', () => {
    const channel = new Channel('spec-undeclared', layer, scopes);
    // @ts-expect-error A text is no content.
    expectThrown(InvalidContent, () => channel.send('text'));
    // @ts-expect-error Nothing is no content.
    expectThrown(InvalidContent, () => channel.send(undefined));
    // @ts-expect-error Null is no content.
    expectThrown(InvalidContent, () => channel.send(null));
  });

  it('lets a typed channel join a group', async () => {
    const group = new Group('spec-mixed', layer, scopes);
    const typed = new Channel('spec.thumbnails', layer, scopes);
    await group.add(typed);
    const plain: Channel = typed;
    await group.add(plain);
    expect(await group.channels()).toEqual(['spec.thumbnails']);
  });
});

describe('ContentOf', () => {
  it('types the content of a message of the framework', () => {
    const message: Message<'websocket.receive'> = new Message({
      channel: 'websocket.receive',
      content: received,
    });
    const order: number = message.content.order;
    const text: string | undefined = message.content.text;
    // @ts-expect-error The text may be absent.
    const certain: string = message.content.text;
    // @ts-expect-error There is no such key.
    const unknown: unknown = message.content.txt;
    // @ts-expect-error What was received is not to be changed.
    const change = (): number => (message.content.order = 2);
    expect([order, text, certain, unknown, change.length]).toEqual([1, 'hi', 'hi', undefined, 0]);
  });

  it('types the content of a message of the application', () => {
    const message: Message<'spec.thumbnails'> = new Message({
      channel: 'spec.thumbnails',
      content: { path: '/a.png', width: 80 },
    });
    const width: number = message.content.width;
    const room: ContentOf<'spec-room-7'> = { text: 'hi' };
    // @ts-expect-error The content of another channel does not fit.
    const other: ContentOf<'spec.thumbnails'> = room;
    expect([width, room.text, other]).toEqual([80, 'hi', { text: 'hi' }]);
  });

  it('refuses a message with the content of another channel', () => {
    const message = new Message<'spec.thumbnails'>({
      channel: 'spec.thumbnails',
      // @ts-expect-error The content is that of a room.
      content: { text: 'hi' },
    });
    expect(message.content).toEqual({ text: 'hi' });
  });

  it('leaves the content of any other message unknown, key by key', () => {
    const message: Message = new Message({ channel: 'spec-undeclared', content: { id: 1 } });
    const id: unknown = message.content['id'];
    // @ts-expect-error What it is has to be checked first.
    const number: number = message.content['id'];
    expect([id, number]).toEqual([1, 1]);
  });

  it('is the interface of each channel of the framework and of each declared one', () => {
    const connect: Equal<ContentOf<'websocket.connect'>, WebSocketConnect> = true;
    const receive: Equal<ContentOf<'websocket.receive'>, WebSocketReceive> = true;
    const disconnect: Equal<ContentOf<'websocket.disconnect'>, WebSocketDisconnect> = true;
    const declared: Equal<ContentOf<'spec-room-1'>, ChannelContents['spec-room-1']> = true;
    const undeclared: Equal<ContentOf<'spec-undeclared'>, Content> = true;
    const atRunTime: Equal<ContentOf<string>, Content> = true;
    const anyOf: Equal<
      ContentOf<'websocket.connect' | 'websocket.receive'>,
      WebSocketConnect | WebSocketReceive
    > = true;
    // @ts-expect-error They are different types.
    const different: Equal<ContentOf<'websocket.connect'>, WebSocketReceive> = true;
    const all = [connect, receive, disconnect, declared, undeclared, atRunTime, anyOf, different];
    expect(all).toEqual(all.map(() => true));
  });
});

describe('SendableTo', () => {
  it('is the declared content, or any object', () => {
    const declared: Equal<SendableTo<'spec.thumbnails'>, { path: string; width: number }> = true;
    const family: Equal<SendableTo<`spec-room-${number}`>, { text: string }> = true;
    const undeclared: Equal<SendableTo<'spec-undeclared'>, object> = true;
    const atRunTime: Equal<SendableTo<string>, object> = true;
    expect([declared, family, undeclared, atRunTime]).toEqual([true, true, true, true]);
  });
});
