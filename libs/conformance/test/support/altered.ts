import type { ChannelLayer } from '@nest-channels/core';

/** Returns a layer with some of its members replaced. */
export function altered(layer: ChannelLayer, changes: Partial<ChannelLayer>): ChannelLayer {
  const read = (key: keyof ChannelLayer): unknown => {
    if (key in changes) {
      const replacement: unknown = changes[key];
      return typeof replacement === 'function' ? replacement.bind(changes) : replacement;
    }
    const value: unknown = layer[key];
    // A layer with private fields has to be called as itself, not as the proxy around it.
    return typeof value === 'function' ? value.bind(layer) : value;
  };
  return new Proxy(layer, { get: (_, key) => read(key as keyof ChannelLayer) });
}
