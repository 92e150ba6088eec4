const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 10_000;
const STABLE_MS = 5_000;

const REASONS = {
  1006: 'no connection',
  1012: 'the server restarts',
  1013: 'the server is busy',
};

/**
 * A WebSocket that speaks JSON and is opened again, after a growing pause, until it is told to close.
 *
 * onMessage gets what arrives; onStatus gets 'connecting', 'connected', 'reconnecting' or 'ended', and
 * words. It has ended when the server closes it with a code from 4400 to 4499: do not come back.
 */
export class LastingSocket {
  #url;
  #onMessage;
  #onStatus;
  #ended = new AbortController();
  #socket;
  #openedAt;
  #failures = 0;
  #retryTimer;

  constructor(url, { onMessage, onStatus }) {
    this.#url = url;
    this.#onMessage = onMessage;
    this.#onStatus = onStatus;
  }

  open() {
    this.#connect();
  }

  send(data) {
    this.#socket.send(data);
  }

  close() {
    this.#ended.abort();
    clearTimeout(this.#retryTimer);
    this.#socket.close();
  }

  #connect() {
    const { signal } = this.#ended;
    const socket = new WebSocket(this.#url);
    this.#openedAt = Infinity;
    this.#onStatus('connecting', this.#failures ? `attempt ${this.#failures + 1}` : '');
    socket.addEventListener('open', () => this.#opened(), { signal });
    socket.addEventListener('message', ({ data }) => this.#onMessage(JSON.parse(data)), { signal });
    socket.addEventListener('close', ({ code }) => this.#closed(code), { signal });
    this.#socket = socket;
  }

  #opened() {
    this.#openedAt = performance.now();
    this.#onStatus('connected', '');
  }

  #closed(code) {
    if (code >= 4400 && code < 4500) this.#onStatus('ended', `closed with ${code}`);
    else this.#retry(code);
  }

  #retry(code) {
    // A server that accepts and drops at once must not be retried at full speed.
    if (performance.now() - this.#openedAt > STABLE_MS) this.#failures = 0;
    const delay = retryDelay(this.#failures);
    this.#failures += 1;
    const reason = REASONS[code] ?? `closed with ${code}`;
    this.#onStatus('reconnecting', `${reason}, next try in ${(delay / 1000).toFixed(1)} s`);
    this.#retryTimer = setTimeout(() => this.#connect(), delay);
  }
}

export function socketUrl(path) {
  const url = new URL(path, location.origin);
  url.protocol = url.protocol.replace('http', 'ws');
  return url;
}

/** At random, so that the clients of a server that restarts do not all come back at once. */
function retryDelay(failures) {
  const ceiling = Math.min(RETRY_MAX_MS, 2 * RETRY_MIN_MS * 2 ** failures);
  return RETRY_MIN_MS + Math.random() * (ceiling - RETRY_MIN_MS);
}
