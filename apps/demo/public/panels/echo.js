import { showResult } from '../elements.js';

const ECHO_TIMEOUT_MS = 15_000;
const BURST_FRAMES = 500;

export function startEcho(ui) {
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
    const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws/echo');
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
