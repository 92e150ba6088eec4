// A panel is a <section data-panel="x"> plus a start function in `panels` at the end of this file.
// The function gets the section's [data-part] elements by name.

const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 10_000;
const STABLE_MS = 5_000;
const ECHO_TIMEOUT_MS = 15_000;
const BURST_FRAMES = 500;

// --- Sockets ---------------------------------------------------------------------------------

function socketUrl(path) {
  const url = new URL(path, location.origin);
  url.protocol = url.protocol.replace('http', 'ws');
  return url;
}

function retryDelay(failures) {
  const ceiling = Math.min(RETRY_MAX_MS, 2 * RETRY_MIN_MS * 2 ** failures);
  return RETRY_MIN_MS + Math.random() * (ceiling - RETRY_MIN_MS);
}

/** A WebSocket which is opened again, after a growing pause, until close() is called. */
class LastingSocket {
  #url;
  #handlers;
  #ended = new AbortController();
  #socket;
  #openedAt;
  #failures = 0;
  #retryTimer;

  constructor(url, handlers) {
    this.#url = url;
    this.#handlers = handlers;
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
    this.#openedAt = Infinity;
    this.#handlers.connecting(this.#failures);
    this.#socket = new WebSocket(this.#url);
    this.#socket.addEventListener('open', () => this.#opened(), { signal });
    this.#socket.addEventListener('message', ({ data }) => this.#handlers.message(data), {
      signal,
    });
    this.#socket.addEventListener('close', ({ code }) => this.#closed(code), { signal });
  }

  #opened() {
    this.#openedAt = performance.now();
    this.#handlers.connected();
  }

  #closed(code) {
    // A server that accepts and drops at once must not be retried at full speed.
    if (performance.now() - this.#openedAt > STABLE_MS) this.#failures = 0;
    const delay = retryDelay(this.#failures);
    this.#failures += 1;
    this.#handlers.closed(code, delay);
    this.#retryTimer = setTimeout(() => this.#connect(), delay);
  }
}

// --- Chat panel ------------------------------------------------------------------------------

const ADJECTIVES = [
  'amber',
  'brisk',
  'calm',
  'dapper',
  'gentle',
  'jolly',
  'merry',
  'quiet',
  'sunny',
];
const ANIMALS = ['badger', 'crane', 'finch', 'heron', 'lynx', 'marten', 'otter', 'puffin', 'wren'];

function pick(list) {
  return list[Math.floor(Math.random() * list.length)];
}

function randomName(taken) {
  const name = `${pick(ADJECTIVES)}-${pick(ANIMALS)}`;
  return name === taken ? randomName(taken) : name;
}

function startChat(ui) {
  const chat = { ui, connection: null };
  prefill(ui);
  pointToSecondTab(ui);
  ui.room.addEventListener('input', () => pointToSecondTab(ui));
  ui.secondTab.addEventListener('click', () => pointToSecondTab(ui));
  ui.joinForm.addEventListener('submit', (event) => {
    event.preventDefault();
    if (chat.connection) leave(chat);
    else join(chat);
  });
  ui.sendForm.addEventListener('submit', (event) => {
    event.preventDefault();
    sendText(chat);
  });
}

function prefill(ui) {
  const query = new URLSearchParams(location.search);
  ui.name.value = query.get('name')?.trim() || randomName();
  ui.room.value = query.get('room')?.trim() || 'lobby';
}

function pointToSecondTab(ui) {
  const query = new URLSearchParams({ name: randomName(ui.name.value), room: ui.room.value });
  ui.secondTab.href = `?${query}`;
}

function join(chat) {
  const { ui } = chat;
  const user = ui.name.value.trim();
  const room = ui.room.value.trim();
  const url = socketUrl(`/ws/rooms/${encodeURIComponent(room)}`);
  url.searchParams.set('username', user);
  ui.messages.replaceChildren();
  showJoined(ui, true);
  ui.text.focus();
  chat.connection = new LastingSocket(url, {
    connecting: (failures) =>
      showStatus(ui, 'connecting', failures ? `attempt ${failures + 1}` : ''),
    connected: () => showStatus(ui, 'connected', `as ${user} in ${room}`),
    closed: (code, delay) => showStatus(ui, 'closed', describeRetry(code, delay)),
    message: (data) => showMessage(ui.messages, JSON.parse(data), user),
  });
}

function leave(chat) {
  chat.connection.close();
  chat.connection = null;
  showJoined(chat.ui, false);
  showStatus(chat.ui, 'not joined', '');
}

function sendText(chat) {
  const { text } = chat.ui;
  if (text.value.trim()) chat.connection.send(text.value);
  text.value = '';
  text.focus();
}

function describeRetry(code, delay) {
  return `code ${code}, trying again in ${(delay / 1000).toFixed(1)} s`;
}

function showJoined(ui, joined) {
  ui.name.disabled = joined;
  ui.room.disabled = joined;
  ui.join.textContent = joined ? 'Leave' : 'Join';
  ui.join.classList.toggle('secondary', joined);
}

function showStatus(ui, status, detail) {
  ui.status.textContent = status;
  ui.status.dataset.state = status;
  ui.detail.textContent = detail;
  ui.send.disabled = status !== 'connected';
}

function showMessage(list, { user, text }, ownName) {
  const item = document.createElement('li');
  item.dataset.testid = 'message';
  item.className = user === ownName ? 'message own' : 'message';
  item.style.setProperty('--hue', hueOf(user));
  item.append(textElement('span', 'user', user), textElement('p', 'text', text));
  list.append(item);
  list.scrollTop = list.scrollHeight;
}

function textElement(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function hueOf(name) {
  return Array.from(name).reduce((hue, char) => (hue * 31 + char.codePointAt(0)) % 360, 0);
}

// --- Echo panel ------------------------------------------------------------------------------

function startEcho(ui) {
  ui.form.addEventListener('submit', (event) => {
    event.preventDefault();
    void report(ui.send, ui.output, () => echoText(ui.input.value));
  });
  ui.burst.addEventListener('click', () => report(ui.burst, ui.burstResult, echoBurst));
  ui.binary.addEventListener('click', () => report(ui.binary, ui.binaryResult, echoBinary));
}

async function report(button, output, run) {
  // Not `disabled`: that would take the keyboard focus away from the button.
  if (button.ariaDisabled === 'true') return;
  button.ariaDisabled = 'true';
  showResult(output, 'running', 'waiting for the echo…');
  try {
    const { ok, text } = await run();
    showResult(output, ok ? 'ok' : 'failed', text);
  } catch (error) {
    showResult(output, 'failed', error.message);
  } finally {
    button.ariaDisabled = 'false';
  }
}

function showResult(output, outcome, text) {
  output.dataset.outcome = outcome;
  output.textContent = text;
}

async function echoText(sent) {
  const { replies, ms } = await roundTrip([sent]);
  if (replies.length === 0) return { ok: false, text: 'nothing came back' };
  const ok = replies[0] === sent;
  return { ok, text: `“${replies[0]}” came back${ok ? '' : ' changed'} in ${ms.toFixed(1)} ms` };
}

async function echoBurst() {
  const { replies, ms } = await roundTrip(
    Array.from({ length: BURST_FRAMES }, (_, i) => String(i)),
  );
  const inOrder = replies.every((reply, i) => i === 0 || Number(reply) > Number(replies[i - 1]));
  return {
    ok: inOrder && replies.length === BURST_FRAMES,
    text:
      `${replies.length} of ${BURST_FRAMES} back, ${inOrder ? 'in order' : 'out of order'}, ` +
      `in ${Math.round(ms)} ms`,
  };
}

async function echoBinary() {
  const sent = crypto.getRandomValues(new Uint8Array(16));
  const { replies, ms } = await roundTrip([sent]);
  if (!(replies[0] instanceof ArrayBuffer)) return { ok: false, text: 'no binary frame came back' };
  const ok = hex(replies[0]) === hex(sent);
  return {
    ok,
    text: `${ok ? 'identical' : 'different'}, in ${ms.toFixed(1)} ms: ${hex(replies[0])}`,
  };
}

function hex(bytes) {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Sends all frames at once on a fresh socket; the time does not include the handshake. */
async function roundTrip(frames) {
  const socket = await openEcho();
  const startedAt = performance.now();
  const collected = collectReplies(socket, frames.length);
  for (const frame of frames) socket.send(frame);
  const replies = await collected;
  const ms = performance.now() - startedAt;
  socket.close();
  return { replies, ms };
}

function openEcho() {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(socketUrl('/ws/echo'));
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => resolve(socket));
    socket.addEventListener('close', ({ code }) =>
      reject(new Error(`could not connect, code ${code}`)),
    );
  });
}

/** Whatever came back by the time all did, the socket closed or the time was up. */
function collectReplies(socket, count) {
  return new Promise((resolve) => {
    const replies = [];
    const finish = () => resolve(replies);
    socket.addEventListener('message', ({ data }) => {
      if (replies.push(data) === count) finish();
    });
    socket.addEventListener('close', finish);
    setTimeout(finish, ECHO_TIMEOUT_MS);
  });
}

// --- Panels on this page ---------------------------------------------------------------------

const panels = { chat: startChat, echo: startEcho };

function partsOf(root) {
  const elements = root.querySelectorAll('[data-part]');
  return Object.fromEntries(Array.from(elements, (element) => [element.dataset.part, element]));
}

for (const root of document.querySelectorAll('[data-panel]')) {
  panels[root.dataset.panel](partsOf(root));
}
