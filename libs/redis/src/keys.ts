/**
 * Names the keys of one layer in Redis.
 *
 * All share a hash tag. No name may contain a colon, so that parts cannot run into each other.
 */
export class Keys {
  /** Starts every key. */
  readonly root: string;

  constructor(prefix: string) {
    this.root = `{${prefix}}:`;
  }

  /** Holds the messages of a normal or single-reader channel, a list. */
  queue(name: string): string {
    return `${this.root}q:${name}`;
  }

  /** Holds the messages behind a process-specific prefix, a stream. */
  mailbox(name: string): string {
    return `${this.root}b:${name}`;
  }

  /** Is where a process is told what it has to know, a stream. */
  process(id: string): string {
    return `${this.root}p:${id}`;
  }

  /** Holds what was handed to a process of normal channels, a stream. */
  handed(id: string): string {
    return `${this.root}t:${id}`;
  }

  /** Says how the processes that share this prefix arranged their keys. */
  get layout(): string {
    return `${this.root}layout`;
  }

  /** Is another whenever Redis has started without what it held. */
  get epoch(): string {
    return `${this.root}epoch`;
  }

  /** Matches every key in a SCAN. */
  get pattern(): string {
    return `${this.root.replace(/[*?[\]\\^]/g, '\\$&')}*`;
  }
}
