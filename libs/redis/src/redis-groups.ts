import { nonLocalName, TooManyGroups } from '@nest-channels/core';
import { type GroupMembers, type Joined, Memberships } from './memberships.js';
import { bufferOf } from './redis-session.js';
import type { RedisShard } from './redis-shard.js';
import { SCRIPTS } from './scripts.js';

/** Is how many channels join at once when memberships are asserted again. */
const CHUNK = 500;

type Came = [name: Buffer, size: number, members: number, capacity: number];

/**
 * Is who belongs to which group, over all processes, as far as their channels live on one shard.
 *
 * Redis knows it all. What it has to be told again when it lost everything is kept here: members
 * behind the prefixes that this process reads, and normal channels that it added itself.
 */
export class RedisGroups {
  readonly #memberships = new Memberships((...what) => this.#askJoined(...what));
  /** Group → normal channel → when it leaves, by the clock of the layer. */
  readonly #normal = new Map<string, Map<string, number>>();

  /** Are the groups behind each prefix when the connection was lost, until they are asserted. */
  #remembered?: ReadonlyMap<string, readonly GroupMembers[]>;

  constructor(private readonly shard: RedisShard) {}

  async add(group: string, channel: string, deadline: number): Promise<void> {
    const prefix = prefixOf(channel);
    if (prefix === undefined) return this.#addNormal(group, channel, deadline);
    const [refused, ...versions] = await this.#join(group, prefix, [channel], deadline);
    if (refused > 0)
      throw new TooManyGroups(channel, this.shard.session.limits.maxGroupsPerChannel);
    this.#memberships.joined(prefix, group, channel, versions);
  }

  async discard(group: string, channel: string, deadline: number): Promise<void> {
    this.#forgetNormal(group, channel);
    const args = [this.shard.session.processId, group, channel] as const;
    const versions = (await this.shard.runUntil(deadline, SCRIPTS.leave, ...args)) as number[];
    if (versions.length > 0) {
      this.#memberships.left(nonLocalName(channel), group, channel, versions);
    }
  }

  /** Takes a channel out of all its groups. */
  async leaveAll(channel: string, deadline = this.shard.session.deadline()): Promise<void> {
    for (const group of this.#normal.keys()) this.#forgetNormal(group, channel);
    const { processId } = this.shard.session;
    const reply = await this.shard.runUntil(deadline, SCRIPTS.leaveAll, processId, channel);
    const left = reply as (Buffer | number)[];
    for (let index = 0; index < left.length; index += 3) {
      const versions = left.slice(index + 1, index + 3) as number[];
      this.#memberships.left(nonLocalName(channel), String(left[index]), channel, versions);
    }
  }

  /** Sends to a group, in one request however many members it has. */
  async send(group: string, body: Uint8Array, deadline: number): Promise<void> {
    const { outbox } = this.shard;
    const { limits, keyLifetimeMs } = this.shard.session;
    await outbox.run(async () => {
      const args = [limits.expiryMs, keyLifetimeMs, group, bufferOf(body)] as const;
      const reply = await this.shard.runUntil(deadline, SCRIPTS.groupSend, ...args);
      const [now, expired, came] = reply as [number, unknown[], Came[]];
      this.shard.noteReport([now, expired]);
      for (const each of came) this.#count(each);
    });
  }

  async members(group: string, deadline: number): Promise<string[]> {
    const members = await this.shard.runUntil(deadline, SCRIPTS.members, group);
    return (members as Buffer[]).map(String);
  }

  /** Begins to keep the members behind a prefix, as they become known. */
  keep(prefix: string): void {
    this.#memberships.keep(prefix);
  }

  /** Begins to know the members behind a prefix that this process reads from now on. */
  async own(prefix: string): Promise<void> {
    this.#memberships.keep(prefix);
    const { processId, limits } = this.shard.session;
    const groups = await this.shard.run(SCRIPTS.own, prefix, processId, limits.leaseMs);
    for (const group of groups as Buffer[]) await this.learn(prefix, String(group));
  }

  /** Takes note that somebody changed a group behind a prefix. */
  async learn(prefix: string, group: string): Promise<void> {
    await this.#memberships.refresh(prefix, group);
  }

  /** Returns who a group message of this version is for. */
  membersAt(prefix: string, group: string, version: number): string[] | Promise<string[]> {
    return this.#memberships.at(prefix, group, version);
  }

  /** Renews the leases of all that is behind our prefixes; asserts again what has lapsed. */
  async renew(): Promise<void> {
    for (const prefix of this.#memberships.prefixes) {
      const isThere = await this.#renewPrefix(prefix);
      if (!isThere) await this.#assertPrefix(prefix, this.#memberships.of(prefix));
    }
  }

  /** Keeps what is known now: what a Redis that was emptied says may be only a part of it. */
  remember(): void {
    this.#remembered ??= new Map(this.#memberships.all());
  }

  /** Makes Redis know what it has to, after it was away; has to be called again if it rejects. */
  async assertAgain({ isEmpty }: { readonly isEmpty: boolean }): Promise<void> {
    if (isEmpty) await this.#assertAll();
    else await this.renew();
    this.#remembered = undefined;
  }

  clear(): void {
    this.#remembered = undefined;
    this.#memberships.clear();
    this.#normal.clear();
  }

  async #addNormal(group: string, channel: string, deadline: number): Promise<void> {
    const { clock, limits } = this.shard.session;
    await this.#joinAlone(group, channel, limits.groupExpiryMs, deadline);
    const channels = this.#normal.get(group) ?? new Map<string, number>();
    this.#normal.set(group, channels.set(channel, clock.now() + limits.groupExpiryMs));
  }

  async #joinAlone(
    group: string,
    channel: string,
    lastsMs: number,
    deadline = this.shard.session.deadline(),
  ): Promise<void> {
    const capacity = this.shard.session.capacities.of(channel);
    const args = [group, channel, capacity, Math.ceil(lastsMs)] as const;
    await this.shard.runUntil(deadline, SCRIPTS.joinAlone, ...args);
  }

  /** Returns how many channels are in too many groups, and the versions before and after. */
  async #join(
    group: string,
    prefix: string,
    channels: readonly string[],
    deadline = this.shard.session.deadline(),
  ): Promise<number[]> {
    const { capacities, limits, processId } = this.shard.session;
    const { leaseMs, maxGroupsPerChannel } = limits;
    const terms = [capacities.of(prefix), leaseMs, processId, maxGroupsPerChannel] as const;
    const args = [group, prefix, ...terms, ...channels] as const;
    return (await this.shard.runUntil(deadline, SCRIPTS.join, ...args)) as number[];
  }

  #forgetNormal(group: string, channel: string): void {
    const channels = this.#normal.get(group);
    if (channels?.delete(channel) && channels.size === 0) this.#normal.delete(group);
  }

  #count([nameBytes, size, members, capacity]: Came): void {
    const name = String(nameBytes);
    if (size < 0) this.shard.session.countFull(name, capacity, members);
    else this.shard.session.traffic.accepted(name, size);
  }

  async #askJoined(prefix: string, group: string, since: number): Promise<Joined> {
    const reply = await this.shard.run(SCRIPTS.joined, group, prefix, since);
    const [version, count, flat] = reply as [number, number, Buffer[]];
    const members: [string, number][] = [];
    for (let index = 0; index < flat.length; index += 2) {
      members.push([String(flat[index]), Number(flat[index + 1])]);
    }
    return { version, count, members };
  }

  /** Says whether Redis still had the prefix. */
  async #renewPrefix(prefix: string): Promise<boolean> {
    const { processId, limits } = this.shard.session;
    let cursor = '0';
    let isThere = true;
    do {
      const args = [prefix, processId, limits.leaseMs, cursor] as const;
      const [alive, next] = (await this.shard.run(SCRIPTS.renew, ...args)) as [number, Buffer];
      isThere &&= alive === 1;
      cursor = String(next);
    } while (cursor !== '0');
    return isThere;
  }

  async #assertAll(): Promise<void> {
    for (const prefix of this.#memberships.prefixes) {
      const groups = this.#remembered?.get(prefix) ?? this.#memberships.of(prefix);
      await this.#assertPrefix(prefix, groups);
    }
    await this.#assertNormal();
  }

  /** What is known here is replaced only by what Redis then knows too. */
  async #assertPrefix(prefix: string, groups: readonly GroupMembers[]): Promise<void> {
    for (const [group, channels] of groups) {
      for (let start = 0; start < channels.length; start += CHUNK) {
        await this.#join(group, prefix, channels.slice(start, start + CHUNK));
      }
      await this.#memberships.reload(prefix, group);
    }
    await this.own(prefix);
  }

  async #assertNormal(): Promise<void> {
    const now = this.shard.session.clock.now();
    for (const [group, channels] of this.#normal) {
      for (const [channel, leavesAt] of channels) {
        if (leavesAt > now) await this.#joinAlone(group, channel, leavesAt - now);
        else this.#forgetNormal(group, channel);
      }
    }
  }
}

function prefixOf(channel: string): string | undefined {
  const name = nonLocalName(channel);
  return name.endsWith('!') ? name : undefined;
}
