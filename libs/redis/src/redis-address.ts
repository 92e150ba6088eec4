import type { ConnectionOptions } from 'node:tls';
import type { RedisOptions } from 'ioredis';
import { RedisOptionsInvalid } from './errors.js';

/** Is where a server is, and how it is entered. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: ConnectionOptions;
}

/**
 * Reads the URL of a server, as ioredis wants it.
 *
 * @param tls What a `rediss:` URL is connected with, such as the certificates it trusts.
 * @throws RedisOptionsInvalid `CHANNELS_REDIS_OPTIONS_INVALID`
 */
export function addressOf(url: string, tls: ConnectionOptions = {}): RedisAddress & RedisOptions {
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
    ...(protocol === 'rediss:' && { tls }),
  };
}

function databaseOf(pathname: string): number {
  const text = pathname.replace(/^\//, '');
  if (/^\d*$/.test(text)) return Number(text);
  throw new RedisOptionsInvalid(`"url" names database "${text}", which is no number`);
}
