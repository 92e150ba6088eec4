import { describe, expect, it } from '@jest/globals';
import { Channel, Group, memoryLayer, SendScopes, systemClock } from '@nest-channels/core';
import { WebsocketMultiplexer } from '../../src/consumers/websocket-multiplexer.js';

const layer = memoryLayer();
const scopes = new SendScopes(systemClock);
const replyChannel = new Channel('server.a!1', layer, scopes);

class Shouting extends WebsocketMultiplexer {
  static override encodeJson(value: unknown): string {
    return super.encodeJson(value).toUpperCase();
  }
}

function made(multiplexerClass: typeof WebsocketMultiplexer): {
  sent: unknown[];
  multiplexer: WebsocketMultiplexer;
} {
  const sent: unknown[] = [];
  const multiplexer = new multiplexerClass({
    stream: 'chat',
    replyChannel,
    send: async (reply, options) => void sent.push([reply, options]),
    group: (name) => new Group(name, layer, scopes),
  });
  return { sent, multiplexer };
}

describe('WebsocketMultiplexer', () => {
  it('knows its stream and its connection', () => {
    const { multiplexer } = made(WebsocketMultiplexer);
    expect(multiplexer.stream).toBe('chat');
    expect(multiplexer.replyChannel).toBe(replyChannel);
  });

  it('puts what it sends into envelopes', async () => {
    const { multiplexer, sent } = made(WebsocketMultiplexer);
    await multiplexer.send({ a: 1 });
    await multiplexer.send('bye', { close: 4000, immediately: true });
    expect(sent).toEqual([
      [{ text: '{"stream":"chat","payload":{"a":1}}' }, {}],
      [{ text: '{"stream":"chat","payload":"bye"}', close: 4000 }, { immediately: true }],
    ]);
  });

  it('sends to its stream of a group', async () => {
    await layer.groupAdd('all', 'server.b!1');
    await made(WebsocketMultiplexer).multiplexer.groupSend('all', null, { close: true });
    const { signal } = new AbortController();
    const [{ content }] = await layer.receive(['server.b!'], { signal });
    expect(content).toEqual({ text: '{"stream":"chat","payload":null}', close: true });
  });

  it('writes as a subclass wants it', async () => {
    const { multiplexer, sent } = made(Shouting);
    await multiplexer.send('a');
    expect(sent).toEqual([[{ text: '{"STREAM":"CHAT","PAYLOAD":"A"}' }, {}]]);
    expect(Shouting.encode('x', 1)).toBe('{"STREAM":"X","PAYLOAD":1}');
  });
});
