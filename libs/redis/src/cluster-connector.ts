import { createConnection, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { AbstractConnector, type RedisOptions } from 'ioredis';
import type { ClusterMap } from './cluster-map.js';

/**
 * Returns how to reach whichever master of a cluster has the keys of a tag.
 *
 * All keys of a shard are in one slot, so that it needs one node at a time and plain connections to
 * that. The cluster client of ioredis repeats a command whose connection broke, which could send a
 * message twice.
 */
export function clusterAddress(map: ClusterMap, tag: string): RedisOptions {
  const [{ username, password, tls }] = map.nodes;
  class ClusterConnector extends AbstractConnector {
    constructor() {
      super(0);
    }

    async connect(): Promise<Socket> {
      this.connecting = true;
      const master = await map.masterOf(tag);
      if (!this.connecting) throw new Error('The connection was closed');
      this.stream = tls ? connectSecurely({ ...tls, ...master }) : createConnection(master);
      this.stream.once('error', (error: Error) => (this.firstError = error));
      return this.stream;
    }
  }
  return { username, password, tls, Connector: ClusterConnector };
}
