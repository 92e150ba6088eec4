import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ChannelsExecutionContext } from 'nest-channels';
import { type Opening, OPENINGS, openOrFail } from './session-openings.js';
import { Sessions } from './sessions.js';

/** Opens sessions before the guards behind it look at them. */
@Injectable()
abstract class OpeningGuard implements CanActivate {
  protected abstract readonly opening: Opening;

  constructor(protected readonly sessions: Sessions) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const message = ChannelsExecutionContext.create(context).getMessage();
    await openOrFail(this.opening, this.sessions, message);
    return true;
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
  protected readonly opening = OPENINGS.channelSession;
}

/** Opens the HTTP session that a message names: `message.httpSession`. */
@Injectable()
export class HttpSessionGuard extends OpeningGuard {
  protected readonly opening = OPENINGS.httpSession;
}

/** Opens both sessions; the HTTP session is there for later messages of the connection too. */
@Injectable()
export class ChannelAndHttpSessionGuard extends ChannelOpeningGuard {
  protected readonly opening = OPENINGS.channelAndHttpSession;
}

/** Finds who is logged in in the HTTP session: `message.user`. */
@Injectable()
export class HttpSessionUserGuard extends OpeningGuard {
  protected readonly opening = OPENINGS.httpSessionUser;
}

/** Finds who is logged in in the session of the connection: `message.user`. */
@Injectable()
export class ChannelSessionUserGuard extends ChannelOpeningGuard {
  protected readonly opening = OPENINGS.channelSessionUser;
}

/** Takes the user of the HTTP session over into the session of the connection. */
@Injectable()
export class ChannelSessionUserFromHttpGuard extends ChannelOpeningGuard {
  protected readonly opening = OPENINGS.channelSessionUserFromHttp;
}

/** Takes the user over, and has the HTTP session there for later messages too. */
@Injectable()
export class ChannelAndHttpSessionUserFromHttpGuard extends ChannelOpeningGuard {
  protected readonly opening = OPENINGS.channelAndHttpSessionUserFromHttp;
}
