import type { Clock } from './clock.js';
import { TooManyGroups } from './errors.js';
import { localName, nonLocalName } from './names.js';

/** Member → when its membership runs out; a renewed one moves to the end, so these stay sorted. */
type Members = Map<string, number>;

/** Is the members of a group that one reader receives for. */
export interface GroupReader {
  /** Is the non-local name it receives from. */
  readonly name: string;
  /** Are its members, absent for a normal channel, which is its own and only one. */
  readonly channels?: readonly string[];
}

interface MailboxReader extends GroupReader {
  readonly channels: readonly string[];
}

/**
 * Is who a message to a group goes to, as it was at one moment.
 *
 * A hundred thousand members are two arrays here and not as many objects.
 */
export class GroupReaders {
  constructor(
    private readonly behind: readonly MailboxReader[],
    private readonly normal: readonly string[],
  ) {}

  get size(): number {
    return this.behind.length + this.normal.length;
  }

  /** Returns those from one place to another, without the other, as an array does. */
  slice(start: number, end: number): GroupReader[] {
    const { length } = this.behind;
    const normal = this.normal.slice(Math.max(0, start - length), Math.max(0, end - length));
    return [...this.behind.slice(start, end), ...normal.map((name) => ({ name }))];
  }

  channels(): string[] {
    return [...this.behind.flatMap(({ channels }) => channels), ...this.normal];
  }
}

/** Are the limits of memberships. */
export interface GroupLimits {
  readonly expiryMs: number;
  readonly maxGroupsPerChannel: number;
}

class MemoryGroup {
  /** Members that are their own reader. */
  readonly normal: Members = new Map();
  /** Members behind a mailbox, by the non-local name of that. */
  readonly behind = new Map<string, Members>();

  membersBeside(channel: string): Members | undefined {
    return isProcessSpecific(channel) ? this.behind.get(nonLocalName(channel)) : this.normal;
  }
}

/** Is how many memberships that ran out are let go of at once. */
const SLICE = 1_000;

/** Is who belongs to which group in the memory layer. */
export class MemoryGroups {
  readonly #groups = new Map<string, MemoryGroup>();
  readonly #groupsOf = new Map<string, Set<string>>();

  constructor(
    private readonly clock: Clock,
    private readonly limits: GroupLimits,
  ) {}

  /** @throws TooManyGroups `CHANNELS_GROUPS_EXCEEDED` */
  add(name: string, channel: string): void {
    this.#assertRoom(name, channel);
    const group = getOrCreate(this.#groups, name, () => new MemoryGroup());
    const members = isProcessSpecific(channel)
      ? getOrCreate(group.behind, nonLocalName(channel), (): Members => new Map())
      : group.normal;
    members.delete(channel);
    members.set(channel, this.clock.now() + this.limits.expiryMs);
    getOrCreate(this.#groupsOf, channel, () => new Set<string>()).add(name);
  }

  discard(name: string, channel: string): void {
    const group = this.#groups.get(name);
    const members = group?.membersBeside(channel);
    if (!group || !members?.delete(channel)) return;
    if (members.size === 0) group.behind.delete(nonLocalName(channel));
    if (group.normal.size === 0 && group.behind.size === 0) this.#groups.delete(name);
    const groups = this.#groupsOf.get(channel);
    if (groups?.delete(name) && groups.size === 0) this.#groupsOf.delete(channel);
  }

  discardEverywhere(channel: string): void {
    for (const group of this.#groupsOf.get(channel) ?? []) this.discard(group, channel);
  }

  /** Returns the members, those whose membership ran out excepted. */
  readers(name: string): GroupReaders {
    const group = this.#groups.get(name);
    if (!group) return new GroupReaders([], []);
    const behind = Array.from(group.behind, ([reader, members]) => ({
      name: reader,
      channels: this.#current(name, members),
    }));
    return new GroupReaders(
      behind.filter(({ channels }) => channels.length > 0),
      this.#current(name, group.normal),
    );
  }

  clear(): void {
    this.#groups.clear();
    this.#groupsOf.clear();
  }

  #assertRoom(name: string, channel: string): void {
    const groups = this.#groupsOf.get(channel);
    const { maxGroupsPerChannel } = this.limits;
    if (!groups || groups.size < maxGroupsPerChannel || groups.has(name)) return;
    if (isProcessSpecific(channel)) throw new TooManyGroups(channel, maxGroupsPerChannel);
  }

  #current(group: string, members: Members): string[] {
    const now = this.clock.now();
    let lapsed = 0;
    for (const [channel, deadline] of members) {
      if (deadline > now) break;
      // The others leave when somebody looks again: all at once could hold the event loop for long.
      if (++lapsed <= SLICE) this.discard(group, channel);
    }
    const listed = Array.from(members.keys());
    return lapsed > SLICE ? listed.slice(lapsed - SLICE) : listed;
  }
}

function isProcessSpecific(channel: string): boolean {
  return localName(channel) !== undefined;
}

function getOrCreate<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const created = create();
  map.set(key, created);
  return created;
}
