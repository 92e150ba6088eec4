import { LayerUnavailable, type Message, reasonOf } from '@nest-channels/core';
import { Logger } from '@nestjs/common';
import { CloseConnection, DenyConnection } from 'nest-channels';
import { SessionLocked, SessionStoreFailed, UserLookupFailed } from './errors.js';
import { logOut } from './session-users.js';
import type { Sessions } from './sessions.js';

/** Close code of a connection that may be welcome later. */
const TRY_AGAIN_LATER = 1013;

/** Opens what handlers of a message shall find in it. */
export type Opening = (sessions: Sessions, message: Message) => Promise<void>;

/** Are the ways to open sessions, by the decorator that asks for each. */
export const OPENINGS = {
  channelSession: (sessions, message) => sessions.openChannel(message),
  httpSession: (sessions, message) => sessions.openHttp(message),
  channelAndHttpSession: (sessions, message) => sessions.openBoth(message),
  httpSessionUser: async (sessions, message) => {
    await sessions.openHttp(message);
    await sessions.identify(message, 'http');
  },
  channelSessionUser: async (sessions, message) => {
    await sessions.openChannel(message);
    await sessions.identify(message, 'channel');
  },
  channelSessionUserFromHttp: async (sessions, message) => {
    await sessions.openHttp(message);
    await sessions.openChannel(message);
    await takeOver(sessions, message);
  },
  channelAndHttpSessionUserFromHttp: async (sessions, message) => {
    await sessions.openBoth(message);
    await takeOver(sessions, message);
  },
} satisfies Record<string, Opening>;

/** The HTTP session knows best, where there is one. */
async function takeOver(sessions: Sessions, message: Message): Promise<void> {
  const { httpSession, channelSession = {} } = message;
  if (!httpSession) return void (await sessions.identify(message, 'channel'));
  const user = await sessions.identify(message, 'http');
  if (user) sessions.takeUserOver(message);
  else logOut(channelSession);
}

/**
 * Opens sessions, or fails closed: where one cannot be read, nobody is taken for anonymous.
 *
 * @throws DenyConnection with 503, CloseConnection with 1013 for a frame, else the error itself
 */
export async function openOrFail(
  opening: Opening,
  sessions: Sessions,
  message: Message,
): Promise<void> {
  try {
    await opening(sessions, message);
  } catch (error) {
    throw isOutage(error) ? answerTo(message, error) : error;
  }
}

function answerTo({ channel }: Message, error: unknown): unknown {
  new Logger('Sessions').error(`A message on ${channel} was not handled: ${reasonOf(error)}`);
  if (channel === 'websocket.connect') {
    return new DenyConnection({ status: 503, headers: { 'Retry-After': '5' } });
  }
  if (channel !== 'websocket.receive') return error;
  return new CloseConnection(TRY_AGAIN_LATER, 'session unavailable');
}

function isOutage(error: unknown): boolean {
  return [SessionStoreFailed, UserLookupFailed, SessionLocked, LayerUnavailable].some(
    (outage) => error instanceof outage,
  );
}
