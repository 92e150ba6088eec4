import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** @import { Contender } from './contenders.mjs' */

const SCRIPT = fileURLToPath(new URL('server-process.mjs', import.meta.url));

/** Is a server in a process of its own, and answers questions about itself. */
export class RemoteServer {
  #process;
  #questions = 0;

  /**
   * @param {string} name
   * @param {object} options
   */
  constructor(name, options) {
    // Nest logs to stdout, where the row's figures go.
    const stdio = /** @type {const} */ (['ignore', 2, 2, 'ipc']);
    const execArgv = [...process.execArgv, ...profileName()];
    this.#process = fork(SCRIPT, [name, JSON.stringify(options)], { stdio, execArgv });
    this.#process.setMaxListeners(0);
  }

  /** Asks for its port, which it knows once it listens. */
  port() {
    return this.#ask('port');
  }

  /** Asks for the milliseconds of CPU time it has used so far. */
  cpuMs() {
    return this.#ask('cpuMs');
  }

  /** Has it send a text of so many bytes to all clients and returns when it began, by `now()`. */
  broadcast(/** @type {number} */ bytes) {
    return this.#ask('broadcast', bytes);
  }

  /** Has it send each client a text of so many bytes of its own. */
  sendEach(/** @type {number} */ bytes) {
    return this.#ask('sendEach', bytes);
  }

  /** Asks for the bytes it holds, after a collection. */
  memory() {
    return this.#ask('memory');
  }

  /** Asks for its resident bytes as they are. */
  rss() {
    return this.#ask('rss');
  }

  /** Asks how many messages its workers have handled. */
  dispatches() {
    return this.#ask('dispatches');
  }

  /** Asks how many TCP connections it has. */
  connections() {
    return this.#ask('connections');
  }

  /** Asks how many file descriptors it has open. */
  openFiles() {
    return this.#ask('openFiles');
  }

  async stop() {
    const exited = once(this.#process, 'exit');
    this.#process.disconnect();
    await exited;
  }

  /**
   * @param {string} question
   * @param {unknown} [detail]
   * @returns {Promise<any>}
   */
  #ask(question, detail) {
    const id = ++this.#questions;
    return new Promise((resolve, reject) => {
      const gone = () => reject(new Error(`The server ended before it answered "${question}".`));
      const answered = (/** @type {{ id: number, answer: unknown }} */ message) => {
        if (message.id !== id) return;
        this.#process.off('message', answered).off('exit', gone);
        resolve(message.answer);
      };
      this.#process.on('message', answered).on('exit', gone);
      this.#process.send({ id, question, detail });
    });
  }
}

/**
 * Runs a server for as long as it is measured.
 *
 * @template T
 * @param {Contender} contender
 * @param {object} options
 * @param {(server: RemoteServer, port: number) => Promise<T>} measure
 */
export async function withServer(contender, options, measure) {
  const server = new RemoteServer(contender.server, options);
  try {
    return await measure(server, await server.port());
  } finally {
    await server.stop();
  }
}

/** Names a profile of the server after the row: those of load generators have no names. */
function profileName() {
  if (!process.execArgv.includes('--cpu-prof')) return [];
  return [`--cpu-prof-name=${process.argv.at(-1)}.cpuprofile`];
}
