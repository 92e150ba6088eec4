import { connect } from './connection.js';
import { showResult, showStatus, textElement } from './elements.js';
import { request } from './request.js';

const ui = Object.fromEntries(
  Array.from(document.querySelectorAll('[data-part]'), (each) => [each.dataset.part, each]),
);
const sections = { login: document.querySelector('#login'), talk: document.querySelector('#talk') };
let socket;

ui.loginForm.addEventListener('submit', async (event) => {
  event.preventDefault();
  await logIn(ui.name.value, ui.password.value);
});
ui.logout.addEventListener('click', () => request('POST', '/accounts/logout', {}));
ui.sendForm.addEventListener('submit', (event) => {
  event.preventDefault();
  if (ui.text.value.trim()) socket.send(ui.text.value);
  ui.text.value = '';
  ui.text.focus();
});

await showFaces();
const { person } = await read('/accounts/me');
if (person) enter(person);
else show('login');

// --- Who one is ---------------------------------------------------------------------------------

async function logIn(username, password) {
  showResult(ui.result, 'running', 'Logging in ...');
  try {
    await request('POST', '/accounts/login', { username, password });
    showResult(ui.result, '', '');
    enter((await read('/accounts/me')).person);
  } catch (error) {
    const isWrong = error.message.startsWith('401');
    showResult(ui.result, 'failed', isWrong ? 'No such name and password.' : error.message);
  }
}

async function showFaces() {
  const { people } = await read('/accounts');
  ui.faces.replaceChildren(...people.map(({ name }) => faceButton(name)));
}

function faceButton(name) {
  const button = textElement('button', '', '');
  button.type = 'button';
  button.append(initialOf(name), name);
  button.addEventListener('click', () => {
    ui.name.value = name;
    ui.password.value = 'demo';
    ui.loginForm.requestSubmit();
  });
  return button;
}

function initialOf(name) {
  const initial = textElement('span', 'initial', name[0]);
  initial.style.setProperty('--hue', hueOf(name));
  initial.setAttribute('aria-hidden', 'true');
  return initial;
}

async function read(path) {
  return (await fetch(path)).json();
}

// --- Among one's letter -------------------------------------------------------------------------

function enter({ name }) {
  show('talk');
  ui.letter.replaceChildren(initialOf(name), `People with ${name[0]}`);
  ui.who.textContent = `You are ${name}. Only people whose name starts with ${name[0]} can read you.`;
  ui.messages.replaceChildren();
  socket = connect('/ws/letters', {
    onStatus: (state, words) => showState(state, words),
    onMessage: (line) => showLine(line, name),
  });
}

function showState(state, words) {
  if (state === 'ended') {
    show('login');
    showResult(ui.result, 'failed', 'You were logged out: the server closed the socket.');
    return;
  }
  showStatus(ui, state, words);
  ui.send.disabled = state !== 'connected';
}

function show(name) {
  for (const [key, section] of Object.entries(sections)) section.hidden = key !== name;
}

function showLine({ from, text, notice }, ownName) {
  const item = notice
    ? textElement('li', 'notice', `${from} ${notice}`)
    : lineOf(from, text, ownName);
  item.dataset.testid = notice ? 'notice' : 'message';
  ui.messages.append(item);
  ui.messages.scrollTop = ui.messages.scrollHeight;
}

function lineOf(from, text, ownName) {
  const item = textElement('li', from === ownName ? 'message own' : 'message', '');
  item.style.setProperty('--hue', hueOf(from));
  item.append(textElement('span', 'user', from), textElement('p', 'text', text));
  return item;
}

function hueOf(name) {
  return Array.from(name).reduce((hue, char) => (hue * 31 + char.codePointAt(0)) % 360, 0);
}
