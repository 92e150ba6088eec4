import { connect } from '../connection.js';
import { showResult, showStatus, textElement } from '../elements.js';
import { request } from '../request.js';

const MAX_JOBS = 20;
const ORDER = { days: 30 };
const BROKEN_ORDER = { days: 30, damagedDay: 12 };

export function startArchives(ui) {
  connect('/archives', {
    onStatus: (state, words) => showStatus(ui, state, words),
    onMessage: (event) => events[event.type](ui, event),
  });
  ui.start.addEventListener('click', () => order(ui, ORDER));
  ui.startBroken.addEventListener('click', () => order(ui, BROKEN_ORDER));
}

/** The answer only says that the job is queued; the rest comes over the socket. */
async function order(ui, body) {
  try {
    await request('POST', '/archives', body);
    showResult(ui.result, '', '');
  } catch (error) {
    showResult(ui.result, 'failed', error.message);
  }
}

const events = {
  latest(ui, { jobs }) {
    ui.jobs.replaceChildren(...jobs.map(jobItem));
  },
  progress(ui, { job }) {
    const shown = ui.jobs.querySelector(`[data-id="${job.id}"]`);
    if (shown) return showJob(shown, job);
    ui.jobs.prepend(jobItem(job));
    if (ui.jobs.childElementCount > MAX_JOBS) ui.jobs.lastElementChild.remove();
  },
};

function jobItem(job) {
  const item = document.createElement('li');
  item.dataset.id = job.id;
  item.dataset.testid = 'job';
  item.className = 'job';
  const bar = document.createElement('progress');
  bar.ariaLabel = 'Days packed';
  item.append(bar, textElement('p', 'result', ''));
  showJob(item, job);
  return item;
}

function showJob(item, job) {
  const [bar, output] = item.children;
  bar.max = job.days;
  bar.value = job.packedDays;
  item.dataset.state = job.state;
  // Read out how it ended, not each step.
  output.ariaLive = job.state === 'running' ? 'off' : 'polite';
  showResult(output, outcomes[job.state], words[job.state](job));
}

const outcomes = { running: 'running', done: 'ok', failed: 'failed' };

const words = {
  running: ({ packedDays, days }) => `day ${packedDays} of ${days}`,
  done: ({ days, bytes, packedBytes }) => `${days} days: ${kB(bytes)} became ${kB(packedBytes)}`,
  failed: ({ error }) => error,
};

function kB(bytes) {
  return `${Math.round(bytes / 1000).toLocaleString('en')} kB`;
}
