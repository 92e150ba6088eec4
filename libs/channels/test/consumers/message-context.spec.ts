import { describe, expect, it } from '@jest/globals';
import { Message } from '@nest-channels/core';
import type { Channels } from '../../src/channels.js';
import { MessageContext } from '../../src/consumers/message-context.js';

const message = new Message({ channel: 'jobs', content: {}, params: { id: '1' } });

const context = (): MessageContext =>
  new MessageContext(message, {
    channels: {
      channel: (name: string, layer: string) => `${name} on ${layer}`,
      group: (name: string, layer: string) => `group ${name} on ${layer}`,
    } as unknown as Channels,
    layer: 'bulk',
    stateOf: (given) => ({ of: given }),
  });

describe('MessageContext', () => {
  it('is of its message', () => {
    expect(context().params).toEqual({ id: '1' });
    expect(context().state).toEqual({ of: message });
  });

  it('finds channels and groups on the layer of its class', () => {
    expect(context().channel('a')).toBe('a on bulk');
    expect(context().group('b')).toBe('group b on bulk');
  });

  it('has a signal that nobody aborts', () => {
    const own = context();
    expect(own.signal).toBe(own.signal);
    expect(own.signal.aborted).toBe(false);
  });
});
