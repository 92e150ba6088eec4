import type { ChannelLayer, Content } from '@nest-channels/core';

/** Resolves with the content of the channel's next message, now or when it arrives. */
export async function nextContent(layer: ChannelLayer, channel: string): Promise<Content> {
  const [message] = await layer.receive([channel], { signal: new AbortController().signal });
  return message.content;
}

/** Takes the contents that wait in a channel, without waiting for more. */
export async function waitingContents(layer: ChannelLayer, channel: string): Promise<Content[]> {
  const wait = new AbortController();
  const received = layer.receive([channel], { signal: wait.signal, max: 1_000 });
  wait.abort();
  return (await received).map(({ content }) => content);
}
