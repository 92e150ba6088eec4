/** Is what a process knows of the members of one group behind one of its prefixes. */
interface Members {
  version: number;
  /** Is the version that each was added with. */
  readonly since: Map<string, number>;
}

/** Is a group with its members. */
export type GroupMembers = readonly [group: string, channels: readonly string[]];

/** Is what joined since a version, as Redis tells it. */
export interface Joined {
  readonly version: number;
  /** Is how many members there are in all. */
  readonly count: number;
  readonly members: readonly (readonly [channel: string, version: number])[];
}

/** Asks Redis who joined a group behind a prefix since a version. */
export type AskJoined = (prefix: string, group: string, since: number) => Promise<Joined>;

/**
 * Knows the members of groups behind the prefixes that this process reads.
 *
 * Redis has them too, and it has the last word: each change has a version there. A group message
 * carries the version it was sent at; who joined later does not get it.
 */
export class Memberships {
  readonly #byPrefix = new Map<string, Map<string, Members>>();

  constructor(private readonly ask: AskJoined) {}

  /** Begins to keep the members behind a prefix. */
  keep(prefix: string): void {
    if (!this.#byPrefix.has(prefix)) this.#byPrefix.set(prefix, new Map());
  }

  /** Lists the prefixes whose members it keeps. */
  get prefixes(): string[] {
    return Array.from(this.#byPrefix.keys());
  }

  /** Lists the groups behind each prefix, with their members. */
  all(): [prefix: string, groups: GroupMembers[]][] {
    return this.prefixes.map((prefix) => [prefix, this.of(prefix)]);
  }

  /** Lists the groups behind a prefix, with their members. */
  of(prefix: string): GroupMembers[] {
    const groups = Array.from(this.#byPrefix.get(prefix) ?? []);
    return groups.map(([group, { since }]) => [group, Array.from(since.keys())]);
  }

  /** Returns the members that a group message of this version is for. */
  at(prefix: string, group: string, version: number): string[] | Promise<string[]> {
    const known = this.#byPrefix.get(prefix)?.get(group);
    if (known && known.version >= version) return membersAt(known, version);
    return this.refresh(prefix, group).then((members) => membersAt(members, version));
  }

  /** Takes note of own joins, if nothing else happened in between. */
  joined(
    prefix: string,
    group: string,
    channel: string,
    [before, version]: readonly number[],
  ): void {
    const groups = this.#byPrefix.get(prefix);
    if (!groups || version === before) return;
    const members = this.#members(groups, group);
    if (members.version !== before) return;
    members.since.set(channel, version);
    members.version = version;
  }

  /** Takes note of a leave by this process, if nothing else happened in between. */
  left(prefix: string, group: string, channel: string, [before, version]: readonly number[]): void {
    const members = this.#byPrefix.get(prefix)?.get(group);
    if (!members) return;
    members.since.delete(channel);
    if (members.version === before) members.version = version;
    if (members.since.size === 0) this.#byPrefix.get(prefix)?.delete(group);
  }

  /** Asks Redis what changed, or for all members where that does not add up. */
  async refresh(prefix: string, group: string): Promise<Members> {
    this.keep(prefix);
    const groups = this.#byPrefix.get(prefix)!;
    const known = this.#members(groups, group);
    const news = await this.ask(prefix, group, known.version);
    for (const [channel, version] of news.members) known.since.set(channel, version);
    if (known.since.size !== news.count) return this.reload(prefix, group);
    known.version = Math.max(known.version, news.version);
    if (known.since.size === 0) groups.delete(group);
    return known;
  }

  /** Forgets all members; Redis knows none any more. */
  clear(): void {
    for (const groups of this.#byPrefix.values()) groups.clear();
  }

  /** Asks Redis for all members; what it says is what is known then. */
  async reload(prefix: string, group: string): Promise<Members> {
    const { version, members } = await this.ask(prefix, group, 0);
    const loaded = { version, since: new Map(members) };
    this.#byPrefix.get(prefix)?.set(group, loaded);
    return loaded;
  }

  #members(groups: Map<string, Members>, group: string): Members {
    const known = groups.get(group);
    if (known) return known;
    const members = { version: 0, since: new Map<string, number>() };
    groups.set(group, members);
    return members;
  }
}

function membersAt({ since }: Members, version: number): string[] {
  const there: string[] = [];
  for (const [channel, joined] of since) if (joined <= version) there.push(channel);
  return there;
}
