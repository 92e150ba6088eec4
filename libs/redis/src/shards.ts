import { type Executed, nonLocalName, reasonOf } from '@nest-channels/core';
import { RedisUnavailable } from './errors.js';
import type { RedisShard } from './redis-shard.js';
import { shardOf } from './routing.js';

/** Are all shards of a layer, one at least; each channel lives on one of them. */
export class Shards {
  constructor(readonly all: readonly RedisShard[]) {}

  /** Returns the shard that a channel lives on, by its full or non-local name. */
  of(channel: string): RedisShard {
    return this.all[shardOf(nonLocalName(channel), this.all.length)];
  }

  /** Resolves when commands can be sent to every shard; see {@link Connection.ready}. */
  async ready(): Promise<void> {
    await Promise.all(this.all.map(({ connection }) => connection.ready()));
  }

  /** Waits for the very first connections only. */
  async settled(): Promise<void> {
    await Promise.all(this.all.map(({ connection }) => connection.settled()));
  }

  assertOpen(): void {
    for (const { connection } of this.all) connection.assertOpen();
  }

  /**
   * Does something on every shard, also when it fails on some.
   *
   * @throws RedisUnavailable `CHANNELS_LAYER_UNAVAILABLE`; nothing was done only if that is so on all
   */
  async each<Result>(task: (shard: RedisShard) => Promise<Result>): Promise<Result[]> {
    const outcomes = await Promise.allSettled(this.all.map(task));
    const failed = outcomes
      .filter((each) => each.status === 'rejected')
      .map(({ reason }) => reason);
    if (failed.length === 0) {
      return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<Result>).value);
    }
    throw this.all.length === 1 ? failed[0] : this.#partly(failed);
  }

  #partly(failed: readonly unknown[]): unknown {
    const [cause] = failed;
    if (!(cause instanceof RedisUnavailable)) return cause;
    const isNothingDone = failed.length === this.all.length && failed.every(didNothing);
    const executed: Executed = isNothingDone ? 'no' : 'unknown';
    const problem = `${failed.length} of ${this.all.length} servers failed, ${reasonOf(cause)}`;
    return new RedisUnavailable(problem, executed, { cause });
  }
}

function didNothing(error: unknown): boolean {
  return error instanceof RedisUnavailable && error.executed === 'no';
}
