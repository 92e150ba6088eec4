// A test environment that fails a spec file whose tests leave sockets, timers or processes behind.
import { TestEnvironment } from 'jest-environment-node';

const WATCHED = new Set([
  'FSEventWrap',
  'PipeWrap',
  'ProcessWrap',
  'TCPServerWrap',
  'TCPSocketWrap',
  'Timeout',
]);

// What was ended needs some turns of the event loop to be gone.
const TURNS = 200;

export default class LeakGuardEnvironment extends TestEnvironment {
  #before = [];

  async handleTestEvent(event) {
    if (event.name === 'run_start') this.#before = watchedResources();
    if (event.name === 'run_finish') await this.#assertNothingLeft();
  }

  async #assertNothingLeft() {
    let left = [];
    for (let turn = 0; turn < TURNS; turn++) {
      left = without(watchedResources(), this.#before);
      if (left.length === 0) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(`The tests of this file left behind: ${left.join(', ')}`);
  }
}

function watchedResources() {
  return process.getActiveResourcesInfo().filter((kind) => WATCHED.has(kind));
}

function without(resources, others) {
  const rest = [...others];
  return resources.filter((kind) => {
    const index = rest.indexOf(kind);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}
