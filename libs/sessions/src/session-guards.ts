import { LayerUnavailable, type Message, reasonOf } from '@nest-channels/core';
import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { ChannelsExecutionContext, CloseConnection, DenyConnection } from 'nest-channels';
import { SessionLocked, SessionStoreFailed, UserLookupFailed } from './errors.js';
import { Sessions } from './sessions.js';
import { logOut, transferUser } from './session-users.js';

/** Close code of a connection that may be welcome later. */
const TRY_AGAIN_LATER = 1013;

/**
 * Opens something before the guards behind it look at it.
 *
 * Where it cannot be opened nobody is taken for anonymous: a pending connection is refused with 503,
 * an open one closed with 1013, and any other message fails.
 */
@Injectable()
abstract class OpeningGuard implements CanActivate {
  readonly #logger = new Logger('Sessions');

  constructor(protected readonly sessions: Sessions) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const message = ChannelsExecutionContext.create(context).getMessage();
    try {
      await this.open(message);
    } catch (error) {
      throw isOutage(error) ? this.#closed(message, error) : error;
    }
    return true;
  }

  protected abstract open(message: Message): Promise<unknown>;

  #closed({ channel }: Message, error: unknown): unknown {
    this.#logger.error(`A message on ${channel} was not handled: ${reasonOf(error)}`);
    if (channel === 'websocket.connect') {
      return new DenyConnection({ status: 503, headers: { 'Retry-After': '5' } });
    }
    if (channel !== 'websocket.receive') return error;
    return new CloseConnection(TRY_AGAIN_LATER, 'session unavailable');
  }
}

/** Is an opening guard whose presence says that connections have sessions to be removed. */
@Injectable()
abstract class ChannelOpeningGuard extends OpeningGuard {
  constructor(sessions: Sessions) {
    super(sessions);
    sessions.expectChannelSessions();
  }
}

/** Opens the session of the connection: `message.channelSession`. */
@Injectable()
export class ChannelSessionGuard extends ChannelOpeningGuard {
  protected open(message: Message): Promise<void> {
    return this.sessions.openChannel(message);
  }
}

/** Opens the HTTP session that a message names: `message.httpSession`. */
@Injectable()
export class HttpSessionGuard extends OpeningGuard {
  protected open(message: Message): Promise<void> {
    return this.sessions.openHttp(message);
  }
}

/** Opens both sessions; the HTTP session is there for later messages of the connection too. */
@Injectable()
export class ChannelAndHttpSessionGuard extends ChannelOpeningGuard {
  protected open(message: Message): Promise<void> {
    return this.sessions.openBoth(message);
  }
}

/** Finds who is logged in in the HTTP session: `message.user`. */
@Injectable()
export class HttpSessionUserGuard extends OpeningGuard {
  protected async open(message: Message): Promise<void> {
    await this.sessions.openHttp(message);
    await this.sessions.identify(message, 'http');
  }
}

/** Finds who is logged in in the session of the connection: `message.user`. */
@Injectable()
export class ChannelSessionUserGuard extends ChannelOpeningGuard {
  protected async open(message: Message): Promise<void> {
    await this.sessions.openChannel(message);
    await this.sessions.identify(message, 'channel');
  }
}

/** Takes the user of the HTTP session over into the session of the connection. */
@Injectable()
export class ChannelSessionUserFromHttpGuard extends ChannelOpeningGuard {
  protected async open(message: Message): Promise<void> {
    await this.sessions.openHttp(message);
    await this.sessions.openChannel(message);
    await takeOver(this.sessions, message);
  }
}

/** Takes the user over, and has the HTTP session there for later messages too. */
@Injectable()
export class ChannelAndHttpSessionUserFromHttpGuard extends ChannelOpeningGuard {
  protected async open(message: Message): Promise<void> {
    await this.sessions.openBoth(message);
    await takeOver(this.sessions, message);
  }
}

/** The HTTP session knows best, where there is one. */
async function takeOver(sessions: Sessions, message: Message): Promise<void> {
  const { httpSession, channelSession = {} } = message;
  if (!httpSession) return void (await sessions.identify(message, 'channel'));
  const user = await sessions.identify(message, 'http');
  if (user) transferUser(httpSession, channelSession);
  else logOut(channelSession);
}

function isOutage(error: unknown): boolean {
  return [SessionStoreFailed, UserLookupFailed, SessionLocked, LayerUnavailable].some(
    (outage) => error instanceof outage,
  );
}
