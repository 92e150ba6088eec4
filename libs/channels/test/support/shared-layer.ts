import { type ChannelLayer, memoryLayer, type MemoryLayerOptions } from '@nest-channels/core';

/**
 * Creates a memory layer that says it leaves the process, for two applications in one test process
 * to be split over. It outlives the applications: each of them closes nothing.
 */
export function sharedLayer(options?: MemoryLayerOptions): ChannelLayer {
  const layer = memoryLayer(options);
  return new Proxy(layer, {
    get(target, key) {
      if (key === 'reach') return 'machine';
      if (key === 'close') return () => Promise.resolve();
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
