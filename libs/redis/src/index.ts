// The layer
export { redisLayer, type RedisLayer } from './redis-layer.js';
export type { RedisLayerOptions } from './redis-options.js';

// Errors
export {
  type Executed,
  type RedisErrorCode,
  RedisOptionsInvalid,
  RedisRefused,
  RedisTooOld,
  RedisUnavailable,
} from './errors.js';
