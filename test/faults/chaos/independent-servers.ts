import { randomBytes } from 'node:crypto';
import type { RedisLayerOptions } from '@nest-channels/redis';
import { RedisServer } from '../../../libs/redis/test/support/redis-server.js';
import { FaultProxy } from '../kit/fault-proxy.js';
import type { RedisSite, Way } from './redis-site.js';

/** Are one server or several that know nothing of each other; each process has its own ways to them. */
export class IndependentServers implements RedisSite {
  readonly takeovers = [];
  readonly #proxies: FaultProxy[] = [];

  private constructor(
    readonly servers: readonly RedisServer[],
    private readonly encryption: RedisLayerOptions['encryption'],
  ) {}

  static async start(
    count: number,
    { isEncrypted = false }: { readonly isEncrypted?: boolean } = {},
  ): Promise<IndependentServers> {
    const servers = await Promise.all(Array.from({ length: count }, () => RedisServer.start()));
    const encryption = isEncrypted ? { keys: [randomBytes(32).toString('base64')] } : undefined;
    return new IndependentServers(servers, encryption);
  }

  get options(): RedisLayerOptions {
    return this.#optionsOf(this.servers.map(({ port }) => port));
  }

  masters(): Promise<readonly RedisServer[]> {
    return Promise.resolve(this.servers);
  }

  async way(): Promise<Way> {
    const proxies = await Promise.all(this.servers.map(({ port }) => FaultProxy.start(port)));
    this.#proxies.push(...proxies);
    return { options: this.#optionsOf(proxies.map(({ port }) => port)), proxies };
  }

  start(server: RedisServer, ...settings: readonly string[]): Promise<void> {
    return server.start(...settings);
  }

  healed(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  #optionsOf(ports: readonly number[]): RedisLayerOptions {
    const { encryption } = this;
    const [first, ...others] = ports.map((port) => `redis://127.0.0.1:${port}`);
    return others.length > 0
      ? { hosts: [first, ...others], encryption }
      : { url: first, encryption };
  }
}
