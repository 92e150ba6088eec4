import { frame } from './content.mjs';

/** @import { Channel, ChannelLayer, Content, SendFailure, SendScopes } from '@nest-channels/core' */

/** @typedef {{ layer: ChannelLayer, channel: Channel, scopes: SendScopes }} Ends */
/** @typedef {(count: number) => Promise<number>} Path Moves messages and says how many came. */

const BATCH = 64;
const { signal } = new AbortController();
const ONE = { signal };
const MANY = { signal, max: BATCH };

/**
 * Are the ways a message can take from a sender to a receiver, by name.
 *
 * @type {Record<string, (ends: Ends) => Path>}
 */
export const paths = {
  'layer: send, receive': ({ layer, channel }) =>
    oneByOne(layer, channel.name, (content) => layer.send(channel.name, content)),
  'layer: 64 sends, receive 64': ({ layer, channel }) =>
    inBatches(layer, channel.name, (content) => layer.send(channel.name, content)),
  'layer: receive waits, send': receiverFirst,
  'layer: subscribe, send': pushed,
  'facade: send, receive': ({ layer, channel }) =>
    oneByOne(layer, channel.name, (content) => channel.send(content)),
  'facade: 64 sends, receive 64': ({ layer, channel }) =>
    inBatches(layer, channel.name, (content) => channel.send(content)),
  'facade: 64 sends in a scope, receive 64': scoped,
};

/**
 * @param {ChannelLayer} layer
 * @param {string} name
 * @param {(content: Content) => Promise<void>} send
 * @returns {Path}
 */
function oneByOne(layer, name, send) {
  const names = [name];
  return async (count) => {
    let received = 0;
    for (let index = 0; index < count; index++) {
      await send(frame(index));
      received += (await layer.receive(names, ONE)).length;
    }
    return received;
  };
}

/**
 * @param {ChannelLayer} layer
 * @param {string} name
 * @param {(content: Content) => Promise<void>} send
 * @returns {Path}
 */
function inBatches(layer, name, send) {
  const names = [name];
  return async (count) => {
    let received = 0;
    for (let index = 0; index < count; index += BATCH) {
      for (let each = index; each < index + BATCH; each++) await send(frame(each));
      received += (await layer.receive(names, MANY)).length;
    }
    return received;
  };
}

/**
 * @param {Ends} ends
 * @returns {Path}
 */
function receiverFirst({ layer, channel }) {
  const names = [channel.name];
  return async (count) => {
    let received = 0;
    for (let index = 0; index < count; index++) {
      const waiting = layer.receive(names, ONE);
      await layer.send(channel.name, frame(index));
      received += (await waiting).length;
    }
    return received;
  };
}

/**
 * @param {Ends} ends
 * @returns {Path}
 */
function pushed({ layer, channel }) {
  let received = 0;
  layer.subscribe([channel.name], ({ channels }) => (received += channels.length));
  return async (count) => {
    received = 0;
    for (let index = 0; index < count; index++) await layer.send(channel.name, frame(index));
    return received;
  };
}

/**
 * @param {Ends} ends
 * @returns {Path}
 */
function scoped({ layer, channel, scopes }) {
  const handler = async () => {
    for (let index = 0; index < BATCH; index++) await channel.send(frame(index));
  };
  /** @type {SendFailure} */
  const onFailure = (_send, error) => {
    throw error;
  };
  const names = [channel.name];
  return async (count) => {
    let received = 0;
    for (let left = count; left > 0; left -= BATCH) {
      await scopes.run(handler, onFailure);
      received += (await layer.receive(names, MANY)).length;
    }
    return received;
  };
}
