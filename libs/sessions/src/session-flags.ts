import type { Message } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';
import { type ConsumerFlag, ConsumerFlags, type FlagProvider } from 'nest-channels';
import { SaveSessions } from './save-sessions.js';
import { type Opening, OPENINGS, openOrFail } from './session-openings.js';
import { Sessions } from './sessions.js';

const FLAGS: Readonly<Record<ConsumerFlag, Opening>> = {
  channelSession: OPENINGS.channelSession,
  channelSessionUser: identified(OPENINGS.channelSessionUser),
  httpUser: OPENINGS.channelSessionUserFromHttp,
  httpUserAndSession: OPENINGS.channelAndHttpSessionUserFromHttp,
};

/** Provides the flags of class-based consumers: sessions and users by fields instead of decorators. */
@Injectable()
export class SessionFlags {
  constructor(
    private readonly sessions: Sessions,
    private readonly saver: SaveSessions,
    flags: ConsumerFlags,
  ) {
    for (const flag of Object.keys(FLAGS) as ConsumerFlag[])
      flags.provide(flag, this.#provider(flag));
  }

  #provider(flag: ConsumerFlag): FlagProvider {
    return {
      around: async (message, next) => {
        this.sessions.expectChannelSessions();
        await openOrFail(FLAGS[flag], this.sessions, message);
        return this.saver.around(message, next);
      },
      stateOf: ({ channelSession }: Message) => channelSession ?? {},
    };
  }
}

/** A flag of HTTP around it has found the user already. */
function identified(opening: Opening): Opening {
  return (sessions, message) =>
    message.user === undefined ? opening(sessions, message) : sessions.openChannel(message);
}
