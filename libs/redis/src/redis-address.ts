import type { RedisOptions } from 'ioredis';
import { RedisOptionsInvalid } from './errors.js';
import type { RedisLayerOptions } from './redis-options.js';

/**
 * Returns where to connect to, as ioredis wants it.
 *
 * @throws RedisOptionsInvalid `CHANNELS_REDIS_OPTIONS_INVALID`
 */
export function addressOf({ url, client }: RedisLayerOptions): RedisOptions {
  if (url !== undefined && client !== undefined) {
    throw new RedisOptionsInvalid('"url" and "client" exclude each other');
  }
  return client ? client.options : parsed(url ?? 'redis://localhost:6379');
}

function parsed(url: string): RedisOptions {
  if (!URL.canParse(url)) throw new RedisOptionsInvalid('"url" is no URL');
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  if (protocol !== 'redis:' && protocol !== 'rediss:') {
    throw new RedisOptionsInvalid(`"url" begins with ${protocol} instead of redis: or rediss:`);
  }
  return {
    host: hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: Number(port || 6379),
    db: databaseOf(pathname),
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}

function databaseOf(pathname: string): number {
  const text = pathname.replace(/^\//, '');
  if (/^\d*$/.test(text)) return Number(text);
  throw new RedisOptionsInvalid(`"url" names database "${text}", which is no number`);
}
