// The layer
export { redisLayer, type RedisLayer } from './redis-layer.js';
export type { RedisLayerOptions, SentinelOptions } from './redis-options.js';
export type { Encryption } from './sealing-keys.js';

// Errors
export {
  ForeignLayout,
  type RedisErrorCode,
  RedisOptionsInvalid,
  RedisRefused,
  RedisTooOld,
  RedisUnavailable,
  RedisUntrusted,
} from './errors.js';
