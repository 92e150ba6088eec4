import { reasonOf } from '@nest-channels/core';
import { HostPattern } from './host-pattern.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Is a list of hosts whose pages may connect. */
export class AllowedHosts {
  readonly #patterns: readonly HostPattern[];

  /**
   * @param hosts outside production, none at all stand for those of this machine
   * @throws RangeError for an entry that is no {@link HostPattern}
   */
  constructor(hosts: readonly string[] = []) {
    const list = hosts.length > 0 || isProduction() ? hosts : LOOPBACK;
    this.#patterns = list.map((host) => new HostPattern(host));
  }

  /** Tells whether a page with this `Origin` may connect. */
  has(origin: string): boolean {
    return this.#patterns.some((pattern) => pattern.matches(origin));
  }
}

/** Describes the entries of a list that cannot be read. */
export function hostProblems(where: string, hosts: readonly string[]): string[] {
  return hosts.flatMap((host) => problemOf(host) ?? []).map((problem) => `${where}: ${problem}`);
}

function problemOf(host: string): string | undefined {
  try {
    void new HostPattern(host);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function isProduction(): boolean {
  return process.env['NODE_ENV'] === 'production';
}
