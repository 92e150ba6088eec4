import type { Target } from './target.js';

/** Is one row of the table of malicious clients. */
export interface Attack {
  readonly id: string;
  readonly attack: string;
  /** Is what becomes of the attacker. */
  readonly expected: string;
  /** Attacks, and resolves with what became of it. */
  readonly run: (target: Target) => Promise<string>;
}
