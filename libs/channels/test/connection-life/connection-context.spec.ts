import { describe, expect, it } from '@jest/globals';
import { Message } from '@nest-channels/core';
import type { Channels } from '../../src/channels.js';
import { ConnectionContext } from '../../src/connection-life/connection-context.js';
import { ConsumerIdle } from '../../src/errors.js';

const channels = {
  channel: (name: string, layer: string) => `${name} on ${layer}`,
  group: (name: string, layer: string) => `group ${name} on ${layer}`,
} as unknown as Channels;

const context = (): ConnectionContext =>
  new ConnectionContext({ label: 'Chat', params: { room: 'a' }, channels, layer: 'sockets' });

describe('ConnectionContext', () => {
  it('knows the message whose handling began last', () => {
    const own = context();
    expect(() => own.message).toThrow(ConsumerIdle);
    for (const channel of ['one', 'two']) {
      const message = new Message({ channel, content: {} });
      own.begin(message);
      expect(own.message).toBe(message);
    }
  });

  it('keeps one state and the captures of the path', () => {
    const own = context();
    Object.assign(own.state, { nick: 'Ann' });
    expect(own.state).toEqual({ nick: 'Ann' });
    expect(own.params).toEqual({ room: 'a' });
    expect(context().state).toEqual({});
  });

  it('finds channels and groups on the layer of its connection', () => {
    expect([context().channel('a'), context().group('b')]).toEqual([
      'a on sockets',
      'group b on sockets',
    ]);
  });

  it.each(['before', 'after'])('aborts a signal that was asked for %s the end', (when) => {
    const own = context();
    const early = when === 'before' ? own.signal : undefined;
    expect(early?.aborted ?? false).toBe(false);
    own.end();
    expect(own.signal.aborted).toBe(true);
    expect(own.signal).toBe(early ?? own.signal);
  });
});
