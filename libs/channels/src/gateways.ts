import { flatten, route } from '@nest-channels/core';
import { Injectable, type Type } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService } from '@nestjs/core';
import type { ForeignPath } from './server/foreign-paths.js';

// What @WebSocketGateway() notes on its class. Its package is no dependency of ours, so that its
// keys stand here as texts; the end-to-end specs run the real one.
const IS_GATEWAY = 'websockets:is_gateway';
const GATEWAY_PORT = 'port';
const GATEWAY_OPTIONS = 'websockets:gateway_options';

const SOCKET_CHANNELS = ['websocket.connect', 'websocket.receive', 'websocket.disconnect'];
const SOCKET_IO_PATH = '/socket.io';

/** Is a `@WebSocketGateway` that answers on the HTTP server of the application. */
export interface Gateway extends ForeignPath {
  /** Is the name of its class. */
  readonly label: string;
}

/** Finds the `@WebSocketGateway`s of an application, whose paths are left to them. */
@Injectable()
export class Gateways {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly config: ApplicationConfig,
  ) {}

  /** Lists those without a port of their own. */
  list(): Gateway[] {
    const classes = this.discovery.getProviders().map(({ metatype }): unknown => metatype);
    return classes.filter(isGateway).map((gateway) => {
      const { path } = Reflect.getMetadata(GATEWAY_OPTIONS, gateway) as { path?: string };
      return { label: gateway.name, ...this.#place(path) };
    });
  }

  /** Maps what no route can have, because a gateway answers it, to who does. */
  takenIdentities(): Map<string, string> {
    const taken = this.list().flatMap(({ path, label }) =>
      identitiesOf(path).map((identity) => [identity, `@WebSocketGateway ${label}`] as const),
    );
    return new Map(taken);
  }

  /** Socket.IO answers on a path and all below it, any other adapter on the very path. */
  #place(path: string | undefined): ForeignPath {
    if (!this.#isSocketIo()) return { path: normalPath(path ?? '/'), extent: 'itself' };
    return { path: normalPath(path ?? SOCKET_IO_PATH), extent: 'all below' };
  }

  /** Nest takes Socket.IO where no adapter is set; only its adapters can make such a server. */
  #isSocketIo(): boolean {
    const adapter = this.config.getIoAdapter() as object | undefined;
    return !adapter || 'createIOServer' in adapter;
  }
}

function isGateway(metatype: unknown): metatype is Type {
  if (typeof metatype !== 'function' || !Reflect.getMetadata(IS_GATEWAY, metatype)) return false;
  return (Reflect.getMetadata(GATEWAY_PORT, metatype) ?? 0) === 0;
}

/** Escapes what means something in a path pattern: gateways know no patterns. */
function identitiesOf(path: string): string[] {
  const literal = path.replace(/[{}()[\]+?!:*\\]/g, '\\$&');
  return flatten([route(SOCKET_CHANNELS, undefined, { path: literal })]).flatMap(
    ({ identities }) => identities,
  );
}

/** Adapters take `gw`, `/gw` and `/gw/` for the same. */
function normalPath(path: string): string {
  return `/${path}`.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
}
