import { createRequire } from 'node:module';

interface Checker {
  checkSync(
    source: string,
    flags: string,
    parameters: { readonly timeout: number },
  ): { readonly status: string; readonly attack?: { readonly pattern: string } };
}

const TIMEOUT_MS = 5_000;

/**
 * Returns a text on which a pattern backtracks for more than linear time, described, if there is one.
 *
 * A pattern that cannot be judged within five seconds counts as linear.
 */
export function attackOn(pattern: RegExp): string | undefined {
  const flags = pattern.flags.replace(/[gy]/g, '');
  // At the start and nowhere else: that is how a route looks for it.
  const source = `^(?:${pattern.source})`;
  const { status, attack } = checker().checkSync(source, flags, { timeout: TIMEOUT_MS });
  return status === 'vulnerable' ? (attack?.pattern ?? 'some') : undefined;
}

/** The checker weighs 3 MB and most applications have no RegExp routes: it is loaded when needed. */
function checker(): Checker {
  // Its main entry starts processes and threads; this one computes in place.
  return createRequire(import.meta.url)('recheck/lib/browser.js') as Checker;
}
