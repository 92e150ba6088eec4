import type { ChannelLayer, Content, Received } from '@nest-channels/core';

/** Takes what waits in these channels, without waiting for more; what a layer adds is left out. */
export async function available(
  layer: ChannelLayer,
  channels: string | readonly string[],
  max = 1_000,
): Promise<Received[]> {
  const controller = new AbortController();
  const names = typeof channels === 'string' ? [channels] : channels;
  const received = layer.receive(names, { signal: controller.signal, max });
  controller.abort();
  return (await received).map(({ channels: sentTo, content }) => ({ channels: sentTo, content }));
}

/** Takes what waits in these channels, for tests that look at the content alone. */
export async function contents(
  layer: ChannelLayer,
  channels: string | readonly string[],
): Promise<Content[]> {
  const messages = await available(layer, channels);
  return messages.map(({ content }) => content);
}
