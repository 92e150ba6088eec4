/**
 * Returns the value that a share of all samples does not exceed.
 *
 * @param {Float64Array} samples are sorted by this
 * @param {number} share
 */
export function percentile(samples, share) {
  samples.sort();
  return samples[Math.max(0, Math.ceil(samples.length * share) - 1)];
}

/**
 * @param {Float64Array} samples
 */
export function latencies(samples) {
  return { 'p50 ms': percentile(samples, 0.5), 'p99 ms': percentile(samples, 0.99) };
}
