// The suite and what it is given
export { layerConformance } from './layer-conformance.js';
export type { ConformanceClock, ConformanceOptions } from './conformance-options.js';
export type { ConformanceRunner } from './conformance-runner.js';
export type { LayerLimits } from './layer-limits.js';

// Errors
export { type ConformanceErrorCode, ContradictingDeclaration } from './errors.js';
