/** Is how many messages channels of matching names hold; a text is a glob over the whole name. */
export type ChannelCapacity = readonly [pattern: string | RegExp, capacity: number];

/** Are the limits that a channel's name decides between. */
export interface CapacityOptions {
  /** Is how many unread messages a channel holds. */
  readonly capacity: number;
  /** Is how many a process-specific mailbox holds, over all its local parts. */
  readonly mailboxCapacity: number;
  /**
   * Overrides both by name; the first pattern that matches wins.
   *
   * Patterns see the non-local name. In a glob `*` stands for any text, dots included, `?` for one
   * character, `[abc]` for one of these; a RegExp has to match at the start.
   */
  readonly channelCapacity?: readonly ChannelCapacity[];
}

/** Knows the capacity of every channel. */
export class CapacityRules {
  readonly #rules: readonly (readonly [RegExp, number])[];

  constructor(private readonly options: CapacityOptions) {
    this.#rules = (options.channelCapacity ?? []).map(([pattern, capacity]) => [
      typeof pattern === 'string' ? globToRegExp(pattern) : anchored(pattern),
      capacity,
    ]);
  }

  /** Returns the capacity of a channel, by its non-local name. */
  of(name: string): number {
    const rule = this.#rules.find(([pattern]) => matches(pattern, name));
    if (rule) return rule[1];
    return name.endsWith('!') ? this.options.mailboxCapacity : this.options.capacity;
  }
}

function matches(pattern: RegExp, name: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(name);
}

function anchored(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}y`);
}

/** Translates a glob; `[!abc]` stands for any other character, a lone `[` for itself. */
function globToRegExp(glob: string): RegExp {
  const source = glob.replace(
    /\[(!?)([^\]]+)\]|[\s\S]/g,
    (token, negation: string, set: string) => {
      if (set !== undefined) return `[${negation ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`;
      if (token === '*') return '[\\s\\S]*';
      if (token === '?') return '[\\s\\S]';
      return token.replace(/[\\^$.|+(){}[\]/]/g, '\\$&');
    },
  );
  return new RegExp(`${source}$`, 'y');
}
