import { EventEmitter } from 'node:events';
import { snapshot } from '@nest-channels/core';
import { frame } from './content.mjs';

/** @import { Content } from '@nest-channels/core' */
/** @import { Path } from './paths.mjs' */

/**
 * Are what one would write without a layer, by name.
 *
 * @type {Record<string, () => Path>}
 */
export const peers = {
  'peer: array, structuredClone': () => throughArray(structuredClone),
  'peer: array, snapshot': () => throughArray(snapshot),
  'peer: array, snapshot, two async calls': throughAsyncCalls,
  'peer: EventEmitter': throughEmitter,
};

/**
 * @param {(content: Content) => Content} copy
 * @returns {Path}
 */
function throughArray(copy) {
  /** @type {Content[]} */
  const queue = [];
  return async (count) => {
    let received = 0;
    for (let index = 0; index < count; index++) {
      queue.push(copy(frame(index)));
      if (queue.shift()?.order === index) received++;
    }
    return received;
  };
}

/**
 * Is the least that `send` and `receive` of any layer can cost, since both return a promise.
 *
 * @returns {Path}
 */
function throughAsyncCalls() {
  /** @type {Content[]} */
  const queue = [];
  /** @param {Content} content */
  const send = async (content) => void queue.push(snapshot(content));
  const receive = async () => [queue.shift()];
  return async (count) => {
    let received = 0;
    for (let index = 0; index < count; index++) {
      await send(frame(index));
      received += (await receive()).length;
    }
    return received;
  };
}

/** @returns {Path} */
function throughEmitter() {
  let received = 0;
  const emitter = new EventEmitter();
  emitter.on('jobs', ({ order }) => {
    if (order >= 0) received++;
  });
  return async (count) => {
    received = 0;
    for (let index = 0; index < count; index++) emitter.emit('jobs', frame(index));
    return received;
  };
}
