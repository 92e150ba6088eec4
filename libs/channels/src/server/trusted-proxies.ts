import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import type { WebSocketConnect } from '@nest-channels/core';
import { IpNetworks, plainAddress } from '../ip-address.js';
import { UNIX_SOCKET } from '../server-options.js';

type Address = [host: string, port: number];

const WITH_PORT = /^(?:\[(?<ipv6>[^\]]*)\]|(?<ipv4>[\d.]+))(?::(?<port>\d{1,5}))?$/;
const MAX_PORT = 65_535;

/** Is who is at the other end of a handshake, as far as it is known. */
export interface Peer {
  /** Is the address of the client; null on a Unix socket. */
  readonly client: Address | null;
  readonly scheme: WebSocketConnect['scheme'];
}

/**
 * Finds the client behind the proxies of an application.
 *
 * Only what a trusted proxy wrote is believed: the client is the right-most hop of
 * `X-Forwarded-For` that no trusted proxy is, the scheme is the last one of `X-Forwarded-Proto`.
 */
export class TrustedProxies {
  readonly #networks: IpNetworks;
  readonly #trustsUnixSocket: boolean;

  /** @param proxies addresses and networks in CIDR form, and `unix` for peers on a Unix socket */
  constructor(proxies: readonly string[]) {
    this.#networks = new IpNetworks(proxies.filter((proxy) => proxy !== UNIX_SOCKET));
    this.#trustsUnixSocket = proxies.includes(UNIX_SOCKET);
  }

  /** Returns who sent a request; undefined for one that is gone, whom the system forgot at once. */
  peerOf({ socket, headers }: IncomingMessage): Peer | undefined {
    if (socket.remoteAddress === undefined && socket.localAddress !== undefined) return undefined;
    const client = addressOf(socket.remoteAddress, socket.remotePort);
    const scheme = 'encrypted' in socket ? 'wss' : 'ws';
    if (!this.#trusts(client)) return { client, scheme };
    return {
      client: this.#clientBehind(client, textOf(headers['x-forwarded-for'])),
      scheme: lastScheme(textOf(headers['x-forwarded-proto'])) ?? scheme,
    };
  }

  #trusts(peer: Address | null): boolean {
    return peer ? this.#networks.has(peer[0]) : this.#trustsUnixSocket;
  }

  /** What stands left of a hop that is not trusted may be made up. */
  #clientBehind(proxy: Address | null, forwardedFor: string): Address | null {
    let client = proxy;
    for (const text of forwardedFor.split(',').toReversed()) {
      const hop = this.#trusts(client) ? readHop(text.trim()) : undefined;
      if (!hop) return client;
      client = hop;
    }
    return client;
  }
}

function addressOf(host: string | undefined, port = 0): Address | null {
  return host === undefined ? null : [plainAddress(host), port];
}

/** Node joins repeated headers with commas, and declares some of them as lists. */
function textOf(header: string | string[] | undefined): string {
  return String(header ?? '');
}

function readHop(text: string): Address | undefined {
  const { ipv4, ipv6, port = '0' } = WITH_PORT.exec(text)?.groups ?? {};
  const host = ipv6 ?? ipv4 ?? text;
  const isAddress = ipv6 === undefined ? isIP(host) !== 0 : isIPv6(host);
  if (!isAddress || host.includes('%') || Number(port) > MAX_PORT) return undefined;
  return [plainAddress(host), Number(port)];
}

function lastScheme(forwardedProto: string): Peer['scheme'] | undefined {
  const last = forwardedProto.slice(forwardedProto.lastIndexOf(',') + 1);
  switch (last.trim().toLowerCase()) {
    case 'https':
    case 'wss':
      return 'wss';
    case 'http':
    case 'ws':
      return 'ws';
    default:
      return undefined;
  }
}
