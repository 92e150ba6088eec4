import { type ChannelLayer, memoryLayer } from '@nest-channels/core';

/** Creates a layer in memory that several applications of one test process share. */
export function sharedLayer(): ChannelLayer {
  return new Proxy(memoryLayer(), {
    get(target, key) {
      if (key === 'reach') return 'machine';
      if (key === 'close') return () => Promise.resolve();
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
