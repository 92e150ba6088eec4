import type { LayerExtension } from '@nest-channels/core';
import type { LayerLimits } from './layer-limits.js';
import type { Trial } from './trial.js';

/** Is one fact that has to hold for a layer. */
export interface Fact {
  /** Says it, in the present tense. */
  readonly title: string;
  /** Are the abilities it is about, beyond those of its theme. */
  readonly needs?: readonly LayerExtension[];
  /** Is true for what only shows between two handles on one back end. */
  readonly needsConnect?: boolean;
  readonly limits?: Partial<LayerLimits>;
  readonly check: (trial: Trial) => Promise<unknown>;
}

/** Are the facts about one part of the contract. */
export interface Theme {
  readonly title: string;
  readonly needs?: readonly LayerExtension[];
  readonly facts: readonly Fact[];
}
