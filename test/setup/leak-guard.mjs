// A test environment that fails a spec file whose tests leave sockets, timers or processes behind.
import { setTimeout as pause } from 'node:timers/promises';
import { TestEnvironment } from 'jest-environment-node';

const WATCHED = new Set([
  'FSEventWrap',
  'PipeWrap',
  'ProcessWrap',
  'TCPServerWrap',
  'TCPSocketWrap',
  'Timeout',
]);

// What was ended needs some turns of the event loop to be gone. And where jest runs a file in its own
// process, its reporter has a timer of 100 ms there every second: that comes and goes, a leak stays.
const LOOKS = 200;
const BETWEEN_LOOKS_MS = 2;

export default class LeakGuardEnvironment extends TestEnvironment {
  #before = [];
  #hasFailed = false;

  async handleTestEvent(event) {
    if (event.name === 'run_start') this.#before = watchedResources();
    if (event.name === 'hook_failure') this.#hasFailed = true;
    if (event.name === 'test_done') this.#hasFailed ||= event.test.errors.length > 0;
    // Who fails does not clean up, and what failed is what has to be read.
    if (event.name === 'run_finish' && !this.#hasFailed) await this.#assertNothingLeft();
  }

  async #assertNothingLeft() {
    let left = [];
    for (let look = 0; look < LOOKS; look++) {
      left = without(watchedResources(), this.#before);
      if (left.length === 0) return;
      await pause(BETWEEN_LOOKS_MS);
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
