import { describe, expect, it } from '@jest/globals';
import { Message } from '@nest-channels/core';
import type { ConsumerContext } from '../../src/consumers/consumer-context.js';
import { StreamContext } from '../../src/consumers/stream-context.js';
import type { WebsocketMultiplexer } from '../../src/consumers/websocket-multiplexer.js';

const message = new Message({ channel: 'chat.event', content: {} });
const multiplexer = {} as WebsocketMultiplexer;

const outer = {
  message: new Message({ channel: 'chat.event', content: {} }),
  params: { room: 'a' },
  state: {},
  signal: new AbortController().signal,
  channel: (name: string) => `channel ${name}`,
  group: (name: string) => `group ${name}`,
} as unknown as ConsumerContext;

describe('StreamContext', () => {
  it('is that of its demultiplexer, but for the message', () => {
    const shared = {};
    const context = new StreamContext({ outer, message, multiplexer, shared });
    expect(context).toMatchObject({
      params: outer.params,
      state: outer.state,
      signal: outer.signal,
    });
    expect(context.message).toBe(message);
    expect(context.multiplexer).toBe(multiplexer);
    expect(context.shared).toBe(shared);
    expect([context.channel('a'), context.group('b')]).toEqual(['channel a', 'group b']);
  });
});
