import { engineIo, nestEvents, plainText } from './dialects.mjs';

/** @import { Dialect } from './dialects.mjs' */

/**
 * Is a server that is measured, and what its clients speak.
 *
 * @typedef {{ title: string, server: string, dialect: Dialect, options?: object }} Contender
 */

/** @type {Contender} */
export const ours = { title: 'nest-channels', server: 'nest-channels', dialect: plainText };

/** @type {Contender} */
export const oursResident = {
  title: 'nest-channels, life connection',
  server: 'nest-channels-resident',
  dialect: plainText,
};

/**
 * Is what is sent no frame to copy: each consumer handles it and sends one.
 *
 * @type {Contender}
 */
export const oursResidentEvents = {
  ...oursResident,
  title: `${oursResident.title}, an event to each`,
  options: { events: true },
};

/** @type {Contender} */
export const bareWs = { title: 'bare ws', server: 'bare-ws', dialect: plainText };

/**
 * Is what no server can go below.
 *
 * @type {Contender}
 */
export const socketsAlone = {
  title: 'sockets alone',
  server: 'sockets-alone',
  dialect: plainText,
};

/** @type {Contender} */
export const wsAdapter = { title: 'Nest WsAdapter', server: 'nest-ws', dialect: nestEvents };

/** @type {Contender} */
export const socketIo = { title: 'Socket.IO', server: 'socket-io', dialect: engineIo };

/** @type {Contender} */
export const ioAdapter = { title: 'Nest IoAdapter', server: 'nest-socket-io', dialect: engineIo };

/** @type {Contender} */
export const daphne = { title: 'Daphne and Channels', server: 'daphne', dialect: plainText };

export const contenders = [bareWs, ours, socketIo, wsAdapter, ioAdapter];
