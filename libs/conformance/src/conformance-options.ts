import type { ChannelLayer, LayerExtension } from '@nest-channels/core';
import type { ConformanceRunner } from './conformance-runner.js';
import type { LayerLimits } from './layer-limits.js';

/** Is the clock of the layers under test. */
export interface ConformanceClock {
  /** Moves it on, or really waits where a back end has its own time. */
  advance(ms: number): Promise<void>;
}

/** Is what the suite has to know of a layer. */
export interface ConformanceOptions {
  /**
   * Makes a layer with these limits, which shares nothing with any other; the suite closes it.
   *
   * Over a common back end each gets a name space of its own, such as a random key prefix.
   */
  readonly create: (limits: LayerLimits) => ChannelLayer | Promise<ChannelLayer>;
  /**
   * Makes a second handle, as another process would, on the back end and name space of a layer.
   *
   * Left out by layers that do not leave their process; all others need it.
   */
  readonly connect?: (layer: ChannelLayer) => ChannelLayer | Promise<ChannelLayer>;
  readonly clock: ConformanceClock;
  readonly runner: ConformanceRunner;
  /** Are the abilities the layer declares; the tests of all others are skipped. None if absent. */
  readonly extensions?: readonly LayerExtension[];
  /** Is how long a test waits for what has to come before it fails; 5,000 ms if absent. */
  readonly patienceMs?: number;
}
