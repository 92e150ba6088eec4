import { BlockList, isIP, isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Returns an address without its zone, and IPv4 as such (`::ffff:10.0.0.1` is `10.0.0.1`). */
export function plainAddress(address: string): string {
  const [withoutZone] = address.split('%');
  return MAPPED.exec(withoutZone)?.[1] ?? withoutZone;
}

/**
 * Returns what one client can call its own: an IPv4 address, or the /64 network of an IPv6 address.
 *
 * A single host chooses among all addresses of its /64 (RFC 4291 §2.5.4).
 */
export function ownNetwork(address: string): string {
  const plain = plainAddress(address);
  if (!isIPv6(plain)) return plain;
  const [head, tail = ''] = plain.split('::');
  const [first, last] = [head, tail].map((half) => half.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  const network = [...first, ...zeros, ...last].slice(0, 4);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** Is a set of networks and single addresses. */
export class IpNetworks {
  readonly #list = new BlockList();

  /** @param networks addresses and networks in CIDR form, each one that {@link isNetwork} */
  constructor(networks: readonly string[]) {
    for (const network of networks) add(this.#list, network);
  }

  /** Tells whether an address belongs to one of them. */
  has(address: string): boolean {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && this.#list.check(plain, familyOf(plain));
  }
}

/** Tells whether a text is an IP address or a network in CIDR form: `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  try {
    add(new BlockList(), text);
    return /^[^/%]+(\/\d{1,3})?$/.test(text);
  } catch {
    return false;
  }
}

/** @throws when the text is neither address nor network */
function add(list: BlockList, text: string): void {
  const [address, prefix] = text.split('/');
  if (prefix === undefined) list.addAddress(address, familyOf(address));
  else list.addSubnet(address, Number(prefix), familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
