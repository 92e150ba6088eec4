import type { Clock } from './clock.js';

/** Is who belongs to which group in the memory layer. */
export class MemoryGroups {
  /** Group → member → deadline. A renewed member moves to the end, so deadlines stay sorted. */
  readonly #members = new Map<string, Map<string, number>>();
  readonly #groupsOf = new Map<string, Set<string>>();

  constructor(
    private readonly clock: Clock,
    private readonly expiryMs: number,
  ) {}

  add(group: string, channel: string): void {
    const members = getOrCreate(this.#members, group, () => new Map<string, number>());
    members.delete(channel);
    members.set(channel, this.clock.now() + this.expiryMs);
    getOrCreate(this.#groupsOf, channel, () => new Set<string>()).add(group);
  }

  discard(group: string, channel: string): void {
    const members = this.#members.get(group);
    if (members?.delete(channel) && members.size === 0) this.#members.delete(group);
    const groups = this.#groupsOf.get(channel);
    if (groups?.delete(group) && groups.size === 0) this.#groupsOf.delete(channel);
  }

  discardEverywhere(channel: string): void {
    for (const group of this.#groupsOf.get(channel) ?? []) this.discard(group, channel);
  }

  /** Lists the members in the order they joined, without those whose membership ran out. */
  channels(group: string): string[] {
    const now = this.clock.now();
    for (const [channel, deadline] of this.#members.get(group) ?? []) {
      if (deadline > now) break;
      this.discard(group, channel);
    }
    return [...(this.#members.get(group)?.keys() ?? [])];
  }

  clear(): void {
    this.#members.clear();
    this.#groupsOf.clear();
  }
}

function getOrCreate<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const created = create();
  map.set(key, created);
  return created;
}
