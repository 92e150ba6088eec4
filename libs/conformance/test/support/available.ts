import type { ChannelLayer, Received } from '@nest-channels/core';

/** Takes what waits in these channels of a memory layer, without waiting for more. */
export function available(
  layer: ChannelLayer,
  channels: readonly string[],
  max = 1_000,
): Promise<Received[]> {
  const controller = new AbortController();
  const received = layer.receive(channels, { signal: controller.signal, max });
  controller.abort();
  return received;
}
