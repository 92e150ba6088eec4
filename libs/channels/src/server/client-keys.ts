import { IpNetworks, ownNetwork } from '../ip-address.js';

const LOOPBACK = ['127.0.0.0/8', '::1'];
/** Are networks whose addresses clients of the internet do not have, but proxies do. */
const PRIVATE = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
  'fe80::/10',
];

/** Says as what clients are counted where a limit is per address. */
export class ClientKeys {
  readonly #loopback = new IpNetworks(LOOPBACK);
  readonly #private = new IpNetworks(PRIVATE);

  /** Returns the key of an address; undefined for loopback addresses and Unix sockets. */
  of(address: string | undefined): string | undefined {
    if (address === undefined || this.#loopback.has(address)) return undefined;
    return ownNetwork(address);
  }

  /** Tells whether an address is likely a proxy's, in front of many clients. */
  isPrivate(address: string): boolean {
    return this.#private.has(address);
  }
}
