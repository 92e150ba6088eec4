import { describe, expect, it } from '@jest/globals';
import {
  Channel,
  type Content,
  InvalidClose,
  InvalidContent,
  ManualClock,
  memoryLayer,
  Message,
  ReplyMissing,
  SendScopes,
} from '@nest-channels/core';
import { expectThrown } from './support/failure.js';
import { contents } from './support/messages.js';

function setUp() {
  const layer = memoryLayer();
  const scopes = new SendScopes(new ManualClock());
  const replyChannel = new Channel('server!1', layer, scopes);
  const message = new Message({ channel: 'jobs', content: { id: 1 }, replyChannel });
  return { layer, scopes, replyChannel, message, replies: () => contents(layer, 'server!') };
}

const orphan = new Message({ channel: 'thumbnails', content: { id: 1 } });

describe('Message', () => {
  it('has the channel, content and captures it was made of', () => {
    const content = { text: 'hi' };
    const params = { room: '7', page: undefined };
    const message = new Message({ channel: 'chat', content, params });
    expect(message.channel).toBe('chat');
    expect(message.content).toBe(content);
    expect(message.params).toEqual(params);
  });

  it('has no captures unless it was given some', () => {
    expect(orphan.params).toEqual({});
  });

  it('passes on to what is derived of it all but content and reply channel', () => {
    const { message, scopes, layer } = setUp();
    const session = {};
    const attached = Object.assign(message, { session });
    const replyChannel = new Channel('server!2', layer, scopes);
    const derived = attached.derive({ id: 2 }, replyChannel);
    expect(derived).toBeInstanceOf(Message);
    expect(derived).toMatchObject({ channel: 'jobs', content: { id: 2 }, params: {} });
    expect(derived).toHaveProperty('session', session);
    expect(derived.replyChannel).toBe(replyChannel);
    expect(message.content).toEqual({ id: 1 });
  });

  describe('replyChannel', () => {
    it('is the channel that leads back', () => {
      const { message, replyChannel } = setUp();
      expect(message.hasReplyChannel).toBe(true);
      expect(message.replyChannel).toBe(replyChannel);
    });

    it('throws for a message that came without one', () => {
      expect(orphan.hasReplyChannel).toBe(false);
      const error = expectThrown(ReplyMissing, () => orphan.replyChannel);
      expect(error.message).toContain('"thumbnails"');
    });

    it.each<readonly [string, () => Promise<void>]>([
      ['accept', () => orphan.accept()],
      ['deny', () => orphan.deny()],
      ['reply', () => orphan.reply('text')],
      ['close', () => orphan.close()],
    ])('throws at %s of a message that came without one', (_, answer) => {
      expectThrown(ReplyMissing, answer);
    });
  });

  describe('accept', () => {
    it('accepts', async () => {
      const { message, replies } = setUp();
      await message.accept();
      expect(await replies()).toEqual([{ accept: true }]);
    });

    it('passes the subprotocol and headers on', async () => {
      const { message, replies } = setUp();
      await message.accept({ subprotocol: 'chat.v2', headers: { 'set-cookie': 'a=1' } });
      expect(await replies()).toEqual([
        { accept: true, subprotocol: 'chat.v2', headers: { 'set-cookie': 'a=1' } },
      ]);
    });

    it('takes an option given as undefined for one left out', async () => {
      const { message, replies } = setUp();
      await message.accept({ subprotocol: undefined, headers: undefined });
      const [reply] = await replies();
      expect(Object.keys(reply ?? {})).toEqual(['accept']);
    });

    it('keeps a subprotocol of null', async () => {
      const { message, replies } = setUp();
      await message.accept({ subprotocol: null });
      expect(await replies()).toEqual([{ accept: true, subprotocol: null }]);
    });
  });

  describe('deny', () => {
    it('refuses', async () => {
      const { message, replies } = setUp();
      await message.deny();
      expect(await replies()).toEqual([{ accept: false }]);
    });

    it('passes status, headers and body on, without those left undefined', async () => {
      const { message, replies } = setUp();
      await message.deny({ status: 401, headers: { 'www-authenticate': 'Bearer' }, body: 'who?' });
      await message.deny({ status: 404, headers: undefined, body: undefined });
      const [first, second] = await replies();
      expect(first).toEqual({
        accept: false,
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
        body: 'who?',
      });
      expect(Object.keys(second ?? {})).toEqual(['accept', 'status']);
    });
  });

  describe('deny, with a status', () => {
    it.each([300, 403, 599])('refuses with %i', async (status) => {
      const { message, replies } = setUp();
      await message.deny({ status });
      expect(await replies()).toEqual([{ accept: false, status }]);
    });

    it.each([0, 101, 200, 299, 600, 403.5, NaN])('throws at once for %p', (status) => {
      const { message, layer } = setUp();
      const error = expectThrown(InvalidContent, () => message.deny({ status }));
      expect(error.message).toContain(`status ${status} is not from 300 to 599`);
      expect(layer.statistics().messagesCount).toBe(0);
    });
  });

  describe('reply', () => {
    it.each<readonly [string, unknown, Content]>([
      ['text as a text frame', 'hi', { text: 'hi' }],
      ['empty text as an empty text frame', '', { text: '' }],
      ['text that looks like JSON as it is', '{"a":1}', { text: '{"a":1}' }],
      ['bytes as a binary frame', Uint8Array.of(0, 255), { bytes: Buffer.from([0, 255]) }],
      ['a buffer as a binary frame', Buffer.from('é'), { bytes: Buffer.from('é') }],
      ['empty bytes as an empty binary frame', new Uint8Array(), { bytes: Buffer.alloc(0) }],
      ['an object as JSON', { a: [1, null] }, { text: '{"a":[1,null]}' }],
      ['a list as JSON', ['a', 1], { text: '["a",1]' }],
      ['a number as JSON', 0, { text: '0' }],
      ['false as JSON', false, { text: 'false' }],
      ['null as JSON', null, { text: 'null' }],
      ['a date as JSON', new Date(0), { text: '"1970-01-01T00:00:00.000Z"' }],
    ])('sends %s', async (_, value, frame) => {
      const { message, replies } = setUp();
      await message.reply(value);
      expect(await replies()).toEqual([frame]);
    });

    it('sends nothing for undefined', async () => {
      const { message, layer } = setUp();
      await message.reply(undefined);
      expect(layer.statistics().messagesCount).toBe(0);
    });

    it('takes undefined without a reply channel, as there is nothing to send', async () => {
      await expect(orphan.reply(undefined)).resolves.toBeUndefined();
    });

    it('sends the value as it was at the call', async () => {
      const { message, replies } = setUp();
      const value = { list: [1] };
      const sent = message.reply(value);
      value.list.push(2);
      await sent;
      expect(await replies()).toEqual([{ text: '{"list":[1]}' }]);
    });

    it.each<readonly [string, unknown]>([
      ['a bigint', 5n],
      ['a function', () => 1],
      ['a symbol', Symbol('s')],
    ])('throws at once for %s, which JSON cannot express', (_, value) => {
      const { message, layer } = setUp();
      expectThrown(InvalidContent, () => message.reply(value));
      expect(layer.statistics().messagesCount).toBe(0);
    });
  });

  describe('close', () => {
    it('closes with 1000 and no reason unless told otherwise', async () => {
      const { message, replies } = setUp();
      await message.close();
      expect(await replies()).toEqual([{ close: 1000, reason: '' }]);
    });

    it('passes code and reason on', async () => {
      const { message, replies } = setUp();
      await message.close(4001, 'go ☃');
      expect(await replies()).toEqual([{ close: 4001, reason: 'go ☃' }]);
    });

    it.each([
      ['an unsendable code', 1005, ''],
      ['a code out of range', 5000, ''],
      ['a reason over 123 bytes', 1000, 'é'.repeat(62)],
    ])('throws at once for %s', (_, code, reason) => {
      const { message, layer } = setUp();
      expectThrown(InvalidClose, () => message.close(code, reason));
      expect(layer.statistics().messagesCount).toBe(0);
    });
  });

  it('answers in the order of the calls when the scope it was handled in ends', async () => {
    const { message, layer, scopes, replies } = setUp();
    const failures: unknown[] = [];
    await scopes.run(
      async () => {
        await message.accept();
        await message.reply('hi');
        await message.close(4000);
        expect(layer.statistics().messagesCount).toBe(0);
      },
      (_, error) => failures.push(error),
    );
    expect(await replies()).toEqual([
      { accept: true },
      { text: 'hi' },
      { close: 4000, reason: '' },
    ]);
    expect(failures).toEqual([]);
  });
});
