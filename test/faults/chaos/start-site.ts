import { ClusterSite } from './cluster-site.js';
import { IndependentServers } from './independent-servers.js';
import type { LayoutName, RedisSite } from './redis-site.js';
import { SentinelSite } from './sentinel-site.js';

/** Starts the servers of a layout. */
export function startSite(layout: LayoutName): Promise<RedisSite> {
  const starts = {
    single: () => IndependentServers.start(1),
    encrypted: () => IndependentServers.start(1, { isEncrypted: true }),
    shards: () => IndependentServers.start(2),
    cluster: () => ClusterSite.start(),
    sentinel: () => SentinelSite.start(),
  } satisfies Record<LayoutName, () => Promise<RedisSite>>;
  return starts[layout]();
}
