const REASONS = {
  1006: 'no connection',
  1012: 'the server restarts',
  1013: 'the server is busy',
};

/** Consumers of the demo read text as it is, and answer with JSON. */
const codec = { encode: String, decode: JSON.parse };

/**
 * Connects with the client that /channels.js is, which comes back by itself until it is closed.
 *
 * onMessage gets what arrives; onStatus gets 'connecting', 'connected', 'reconnecting' or 'ended', and
 * words. It has ended when the server closes it with a code that says so, 4401 for instance.
 */
export function connect(path, { onMessage, onStatus }) {
  const bridge = new window.channels.WebSocketBridge({ codec, backoff: { maxMs: 10_000 } });
  bridge.listen(onMessage);
  bridge.onChange((status) => tell(status, onStatus));
  // How it ended is shown already.
  bridge.onError((error) => error.code === 'CHANNELS_CLIENT_ENDED' || console.error(error));
  return bridge.connect(path);
}

function tell({ state, attempt, delayMs, code, by }, onStatus) {
  if (state === 'connecting') onStatus('connecting', attempt ? `attempt ${attempt + 1}` : '');
  if (state === 'open') onStatus('connected', '');
  if (state === 'waiting') onStatus('reconnecting', `${reasonOf(code)}, ${nextTry(delayMs)}`);
  if (state === 'closed' && by === 'server') onStatus('ended', reasonOf(code));
}

function reasonOf(code) {
  return REASONS[code] ?? `closed with ${code}`;
}

function nextTry(delayMs) {
  return `next try in ${(delayMs / 1000).toFixed(1)} s`;
}
