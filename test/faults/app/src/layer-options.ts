import type { RedisLayerOptions } from '@nest-channels/redis';

/** Returns how Redis is laid out, as this process was told. */
export function layerOptions(): RedisLayerOptions {
  return JSON.parse(process.env['LAYER'] ?? '{}') as RedisLayerOptions;
}
