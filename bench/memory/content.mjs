/** @import { Content } from '@nest-channels/core' */

const TEXT = JSON.stringify({ room: 'lobby', from: 'ada', text: 'x'.repeat(120) });

/**
 * Makes the content of one text frame, about 250 bytes when encoded.
 *
 * @param {number} order
 * @returns {Content}
 */
export function frame(order) {
  return { reply_channel: 'server.k3f9!4211', path: '/chat/lobby', text: TEXT, order };
}
