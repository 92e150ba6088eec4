// The layer
export { redisLayer, type RedisLayer } from './redis-layer.js';
export type { RedisLayerOptions } from './redis-options.js';
export type { Encryption } from './sealing-keys.js';

// Errors
export {
  ForeignLayout,
  type Executed,
  type RedisErrorCode,
  RedisOptionsInvalid,
  RedisRefused,
  RedisTooOld,
  RedisUnavailable,
} from './errors.js';
