import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ChannelsExecutionContext, type Message } from 'nest-channels';
import { SessionUnopened } from './errors.js';

/**
 * Passes the session of the connection, or one key of it.
 *
 * @throws SessionUnopened `CHANNELS_SESSION_UNOPENED` without `@ChannelSession()` or its like
 */
export const ChannelSessionParam = createParamDecorator((key: string | undefined, context) => {
  const { channelSession } = messageOf(context);
  if (!channelSession) throw new SessionUnopened('channel session', '@ChannelSession()');
  return partOf(channelSession, key);
});

/** Passes the HTTP session, or one key of it; undefined where there is no session. */
export const HttpSessionParam = createParamDecorator((key: string | undefined, context) =>
  partOf(messageOf(context).httpSession, key),
);

/**
 * Passes who uses the connection, or one key of that; null for an anonymous one.
 *
 * @throws SessionUnopened `CHANNELS_SESSION_UNOPENED` where nothing looked for a user
 */
export const CurrentUser = createParamDecorator((key: string | undefined, context) => {
  const { user } = messageOf(context);
  if (user === undefined) throw new SessionUnopened('user', '@HttpSessionUser() or its like');
  return user && partOf(user, key);
});

function messageOf(context: ExecutionContext): Message {
  return ChannelsExecutionContext.create(context).getMessage();
}

function partOf(whole: object | undefined, key: string | undefined): unknown {
  return key === undefined || !whole ? whole : (whole as Record<string, unknown>)[key];
}
