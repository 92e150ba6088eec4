import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { ChannelsExecutionContext, CloseConnection } from 'nest-channels';
import { SessionUnopened } from './errors.js';
import { SESSION_ENDED } from './revocation.js';

/**
 * Lets only logged-in users pass.
 *
 * A pending connection is refused with 401, an open one closed with 4401. The end of a connection always passes, so that its handler can clean up.
 */
@Injectable()
export class AuthenticatedGuard implements CanActivate {
  /** @throws SessionUnopened `CHANNELS_SESSION_UNOPENED` where nothing looked for a user */
  canActivate(context: ExecutionContext): boolean {
    const { user, channel } = ChannelsExecutionContext.create(context).getMessage();
    if (user || channel === 'websocket.disconnect') return true;
    if (user === undefined) throw new SessionUnopened('user', '@HttpSessionUser() or its like');
    if (channel === 'websocket.receive') throw new CloseConnection(SESSION_ENDED, 'log in first');
    throw new UnauthorizedException();
  }
}
