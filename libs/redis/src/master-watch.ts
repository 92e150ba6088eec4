import { Redis, type RedisOptions } from 'ioredis';

/** Is how long a sentinel that is away is left alone. */
const REST_MS = 1_000;

/** Is where sentinels tell that another server is the master. */
const SWITCHES = '+switch-master';

/**
 * Hears from sentinels that another server is the master now.
 *
 * One that was cut off for a while takes itself for the master until a sentinel tells it, which may
 * take ten seconds and more: who stayed connected to it would be alone there.
 */
export class MasterWatch {
  readonly #sentinels: readonly Redis[];

  /** @param address How a master is reached; without sentinels there is nothing to hear. */
  constructor(address: RedisOptions, onSwitched: () => void) {
    this.#sentinels = (address.sentinels ?? []).map((sentinel) => clientOf(sentinel, address));
    for (const client of this.#sentinels) {
      // It is tried again, and the other sentinels tell the same.
      client.on('error', () => undefined);
      client.on('ready', () => void client.subscribe(SWITCHES).catch(() => undefined));
      client.on('message', (_channel, what: string) => {
        if (what.startsWith(`${address.name} `)) onSwitched();
      });
    }
  }

  open(): void {
    for (const client of this.#sentinels) client.connect().catch(() => undefined);
  }

  close(): void {
    for (const client of this.#sentinels) client.disconnect();
  }
}

function clientOf(
  sentinel: { readonly host?: string; readonly port?: number },
  address: RedisOptions,
) {
  const { sentinelUsername, sentinelPassword, sentinelTLS, connectTimeout } = address;
  return new Redis({
    host: sentinel.host,
    port: sentinel.port,
    username: sentinelUsername ?? undefined,
    password: sentinelPassword ?? undefined,
    tls: sentinelTLS,
    connectTimeout,
    protocol: 2,
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: () => REST_MS,
    disconnectTimeout: 0,
    lazyConnect: true,
  });
}
