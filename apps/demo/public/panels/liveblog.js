import { connect } from '../connection.js';
import { showResult, showStatus, textElement } from '../elements.js';
import { request } from '../request.js';

const MAX_POSTS = 100;

export function startLiveblog(ui) {
  connect('/liveblog', {
    onStatus: (state, words) => {
      showStatus(ui, state, words);
      ui.readers.textContent = '';
    },
    onMessage: (event) => events[event.type](ui, event),
  });
  ui.form.addEventListener('submit', (event) => {
    event.preventDefault();
    void save(ui);
  });
  ui.cancel.addEventListener('click', () => edit(ui, null));
}

// --- What readers see ---------------------------------------------------------------------------

const events = {
  latest(ui, { posts }) {
    ui.posts.replaceChildren(...posts.map((post) => postItem(ui, post)));
  },
  saved(ui, { post }) {
    const item = postItem(ui, post);
    const shown = itemOf(ui, post.id);
    if (shown) shown.replaceWith(item);
    else ui.posts.prepend(item);
    if (ui.posts.childElementCount > MAX_POSTS) ui.posts.lastElementChild.remove();
  },
  deleted(ui, { id }) {
    const item = itemOf(ui, id);
    // Whoever used its button should not lose the place on the page.
    if (item?.contains(document.activeElement)) ui.posts.focus();
    item?.remove();
  },
  readers(ui, { count }) {
    ui.readers.textContent = count === 1 ? '1 reader' : `${count} readers`;
  },
};

function itemOf(ui, id) {
  return ui.posts.querySelector(`[data-id="${id}"]`);
}

function postItem(ui, post) {
  const item = document.createElement('li');
  item.dataset.id = post.id;
  item.dataset.testid = 'post';
  item.className = 'post';
  item.append(
    textElement('p', 'text', post.text),
    timeElement(post.at),
    actionButton('Edit', post, () => edit(ui, post)),
    actionButton('Delete', post, () => report(ui, () => request('DELETE', pathOf(post)))),
  );
  return item;
}

function timeElement(at) {
  const time = textElement('time', 'time', new Date(at).toLocaleTimeString());
  time.dateTime = at;
  return time;
}

function actionButton(action, post, onClick) {
  const button = textElement('button', 'quiet', action);
  button.ariaLabel = `${action} “${post.text}”`;
  button.addEventListener('click', onClick);
  return button;
}

// --- What editors do ----------------------------------------------------------------------------

function pathOf({ id }) {
  return `/liveblog/posts/${id}`;
}

/** The post itself comes over the socket, here as to everybody else. */
async function save(ui) {
  const { id } = ui.form.dataset;
  const draft = { text: ui.text.value };
  const isSaved = await report(ui, () =>
    id ? request('PUT', pathOf({ id }), draft) : request('POST', '/liveblog/posts', draft),
  );
  // Whoever typed on in the meantime keeps that.
  if (isSaved && ui.text.value === draft.text) edit(ui, null);
}

/** Puts a post into the form; null makes it a form for a new one again. */
function edit(ui, post) {
  if (post) ui.form.dataset.id = post.id;
  else delete ui.form.dataset.id;
  ui.text.value = post?.text ?? '';
  ui.publish.textContent = post ? 'Save' : 'Publish';
  ui.cancel.hidden = !post;
  showResult(ui.result, '', '');
  ui.text.focus();
}

async function report(ui, action) {
  try {
    await action();
    showResult(ui.result, '', '');
    return true;
  } catch (error) {
    showResult(ui.result, 'failed', error.message);
    return false;
  }
}
