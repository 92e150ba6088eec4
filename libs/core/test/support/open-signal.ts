/** Returns a signal that nobody aborts. */
export function openSignal(): AbortSignal {
  return new AbortController().signal;
}
