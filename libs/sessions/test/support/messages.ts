import {
  type ChannelLayer,
  Channel,
  memoryLayer,
  Message,
  SendScopes,
  systemClock,
} from '@nest-channels/core';

/** Makes a message of a connection, on a layer that nobody reads. */
export function messageOf(channel: string, content: object = {}, layer?: ChannelLayer): Message {
  const replyChannel = new Channel(
    'server.abc!1',
    layer ?? memoryLayer(),
    new SendScopes(systemClock),
  );
  return new Message({ channel, content: { ...content }, replyChannel });
}

/** Makes a `websocket.connect` with these headers. */
export function connectOf(headers: Record<string, string>, query = ''): Message {
  const bytes = Object.entries(headers).map(([name, value]) => [
    Buffer.from(name),
    Buffer.from(value, 'latin1'),
  ]);
  return messageOf('websocket.connect', {
    path: '/room one',
    headers: bytes,
    query_string: Buffer.from(query),
    scheme: 'wss',
    client: ['192.0.2.1', 5000],
  });
}
