import { describe, expect, it } from '@jest/globals';
import { InvalidPattern, Message } from '@nest-channels/core';
import {
  Residence,
  type ResidenceParts,
  type ResidentHandler,
} from '../../src/connection-life/residence.js';

const handler = (label: string, limit?: number): ResidentHandler => ({
  label,
  run: async (self) => ({ label, self }),
  ...(limit !== undefined && { place: { limit } }),
});

const receive = handler('Chat.receive');
const ping = handler('Chat.ping', 2);
const said = handler('Chat.said');

function residence(parts: Partial<ResidenceParts> = {}): Residence {
  return new Residence({
    label: 'Chat',
    options: { path: '/chat/:room' },
    routes: [
      { channels: ['websocket.receive'], filters: { text: 'ping' }, handler: ping },
      { channels: ['websocket.receive'], filters: {}, handler: receive },
      { channels: ['chat.said'], filters: {}, handler: said },
    ],
    create: async () => ({}),
    around: (_message, next) => next(),
    ...parts,
  });
}

describe('Residence', () => {
  it('admits the connections of its path, with what that captured', () => {
    expect(residence().admit({ path: '/chat/a' })).toMatchObject({ room: 'a' });
    expect(residence().admit({ path: '/chats/a' })).toBeUndefined();
    expect(residence({ options: {} }).admit({ path: '/any' })).toEqual({});
  });

  it('has filters of other keys too', () => {
    const own = residence({ options: { path: '/a', filters: { scheme: 'wss' } } });
    expect(own.admit({ path: '/a', scheme: 'wss' })).toEqual({});
    expect(own.admit({ path: '/a', scheme: 'ws' })).toBeUndefined();
  });

  it('refuses a pattern that cannot be one', () => {
    expect(() => residence({ options: { path: 'a' } })).toThrow(InvalidPattern);
  });

  it('finds the first handler that matches', () => {
    const own = residence();
    expect(own.match('websocket.receive', { text: 'ping' })?.handler).toBe(ping);
    expect(own.match('websocket.receive', { text: 'pong' })?.handler).toBe(receive);
    expect(own.match('chat.other', {})).toBeUndefined();
  });

  it('knows the place of a handler beside others', () => {
    expect(residence().placeOf('websocket.receive', { text: 'ping' })).toBe(ping.place);
    expect(residence().placeOf('chat.said', {})).toBeUndefined();
    expect(residence({ routes: [] }).placeOf('chat.said', {})).toBeUndefined();
  });

  it('runs a handler of an instance with what is around it', async () => {
    const calls: string[] = [];
    const own = residence({ around: (_message, next) => (calls.push('around'), next()) });
    const self = await own.create();
    const message = new Message({ channel: 'chat.said', content: {} });
    expect(await own.run(said, self, message)).toEqual({ label: 'Chat.said', self });
    expect(calls).toEqual(['around']);
  });

  it('describes itself', () => {
    expect(residence().describe()).toBe('connections path=/chat/:room → Chat; events: chat.said');
    expect(residence({ options: {}, routes: [] }).describe()).toBe(
      'connections path=every path → Chat',
    );
  });
});
