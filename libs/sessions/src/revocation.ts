import { createHash } from 'node:crypto';
import { type Group, type Message, reasonOf } from '@nest-channels/core';
import { Injectable, Logger } from '@nestjs/common';
import { Channels } from 'nest-channels';
import { SessionsSettings } from './sessions-options.js';

/** Close code of a connection whose session has ended; its client should not just come back. */
export const SESSION_ENDED = 4401;

/** Is by what a connection can be closed from elsewhere. */
export interface RevocableBy {
  readonly session?: string;
  readonly user?: string | number;
}

/**
 * Closes the connections of a session or of a user, on whichever server they are.
 *
 * Open ones are closed with 4401, pending ones refused with 401. Connections belong to what they
 * came with: the HTTP session of their cookie, and the user it held. Those identified otherwise, by
 * a token for instance, are told with {@link follow}.
 */
@Injectable()
export class Revocation {
  readonly #logger = new Logger('Sessions');

  constructor(
    private readonly channels: Channels,
    private readonly settings: SessionsSettings,
  ) {}

  /**
   * Closes every connection of an HTTP session.
   *
   * The session itself stays; destroying it does both: `store.destroy(id)`, or logging out.
   */
  session(id: string): Promise<void> {
    return this.#close(this.sessionGroup(id));
  }

  /** Closes every connection of a user, for instance when a password or a role has changed. */
  user(id: string | number): Promise<void> {
    return this.#close(this.#userGroup(id));
  }

  /** Has the connection of a message closed when that session or user is revoked. */
  async follow(message: Message, { session, user }: RevocableBy): Promise<void> {
    const { replyChannel } = message;
    if (session !== undefined) await this.sessionGroup(session).add(replyChannel);
    if (user !== undefined) await this.#userGroup(user).add(replyChannel);
  }

  /** Is for the destroy of a store, which nothing may fail: closes and only logs what goes wrong. */
  notice(id: string): void {
    this.session(id).catch((error: unknown) =>
      this.#logger.warn(
        `Connections of a session that ended could not be closed at once: ${reasonOf(error)}`,
      ),
    );
  }

  /** Is the group of a session's connections; its name does not tell the session. */
  sessionGroup(id: string): Group {
    return this.channels.group(`sessions.id.${hashOf(id)}`, this.settings.layer);
  }

  #userGroup(id: string | number): Group {
    return this.channels.group(`sessions.user.${hashOf(String(id))}`, this.settings.layer);
  }

  #close(group: Group): Promise<void> {
    const reply = { accept: false, status: 401, close: SESSION_ENDED, reason: 'session ended' };
    return group.send(reply, { immediately: true });
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
