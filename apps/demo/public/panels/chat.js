import { connect } from '../connection.js';
import { showStatus, textElement } from '../elements.js';
import { randomName } from '../random-name.js';

const MAX_LINES = 200;

export function startChat(ui) {
  const chat = { ui, connection: null };
  const seat = savedSeat();
  prefill(ui, seat);
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
  if (seat) join(chat);
}

// --- Who and where ------------------------------------------------------------------------------

/** Survives a reload, so that one comes back as who one was. */
function savedSeat() {
  return JSON.parse(sessionStorage.getItem('seat'));
}

function prefill(ui, seat) {
  const query = new URLSearchParams(location.search);
  ui.name.value = seat?.user ?? (query.get('name')?.trim() || randomName());
  ui.room.value = seat?.room ?? (query.get('room')?.trim() || 'lobby');
}

function pointToSecondTab(ui) {
  const query = new URLSearchParams({ name: randomName(ui.name.value), room: ui.room.value });
  ui.secondTab.href = `?${query}`;
}

// --- In a room ----------------------------------------------------------------------------------

function join(chat) {
  const { ui } = chat;
  const user = ui.name.value.trim();
  const room = ui.room.value.trim();
  const path = `/ws/rooms/${encodeURIComponent(room)}?${new URLSearchParams({ username: user })}`;
  sessionStorage.setItem('seat', JSON.stringify({ user, room }));
  ui.messages.replaceChildren();
  showJoined(ui, true);
  chat.connection = connect(path, {
    onStatus: (state, words) => showConnection(ui, state, words || `as ${user} in ${room}`),
    onMessage: (line) => (line.notice ? showNotice(ui, line) : showLine(ui, line, user)),
  });
}

function leave(chat) {
  sessionStorage.removeItem('seat');
  chat.connection.close();
  chat.connection = null;
  showJoined(chat.ui, false);
  showConnection(chat.ui, 'not joined', '');
}

function sendText(chat) {
  const { text } = chat.ui;
  if (text.value.trim()) chat.connection.send(text.value);
  text.value = '';
  text.focus();
}

// --- What is shown ------------------------------------------------------------------------------

function showJoined(ui, joined) {
  ui.name.disabled = joined;
  ui.room.disabled = joined;
  ui.join.textContent = joined ? 'Leave' : 'Join';
  ui.join.classList.toggle('secondary', joined);
}

function showConnection(ui, state, words) {
  showStatus(ui, state, words);
  ui.send.disabled = state !== 'connected';
  if (state !== 'connected') ui.people.textContent = '';
}

function showLine(ui, { user, text }, ownName) {
  const item = document.createElement('li');
  item.dataset.testid = 'message';
  item.className = user === ownName ? 'message own' : 'message';
  item.style.setProperty('--hue', hueOf(user));
  item.append(textElement('span', 'user', user), textElement('p', 'text', text));
  append(ui.messages, item);
}

function showNotice(ui, { user, notice, present, people }) {
  const item = textElement('li', 'notice', `${user} ${notice}`);
  item.dataset.testid = 'notice';
  append(ui.messages, item);
  const others = present - people.length;
  const names = others > 0 ? [...people, `${others} more`] : people;
  ui.people.textContent = `${present} here: ${names.join(', ')}`;
}

function append(list, item) {
  list.append(item);
  if (list.childElementCount > MAX_LINES) list.firstElementChild.remove();
  list.scrollTop = list.scrollHeight;
}

function hueOf(name) {
  return Array.from(name).reduce((hue, char) => (hue * 31 + char.codePointAt(0)) % 360, 0);
}
