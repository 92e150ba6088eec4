// Module
export { SessionsModule } from './sessions.module.js';
export type { SessionsModuleOptions } from './sessions-options.js';

// Short decorators
export {
  AuthenticatedOnly,
  ChannelAndHttpSession,
  ChannelAndHttpSessionUserFromHttp,
  ChannelSession,
  ChannelSessionUser,
  ChannelSessionUserFromHttp,
  type HandlerDecorator,
  HttpSession,
  HttpSessionUser,
} from './session.decorators.js';
export { ChannelSessionParam, CurrentUser, HttpSessionParam } from './parameter.decorators.js';

// What they are short for
export { AuthenticatedGuard } from './authenticated-guard.js';
export { SaveSessions } from './save-sessions.js';
export {
  ChannelAndHttpSessionGuard,
  ChannelAndHttpSessionUserFromHttpGuard,
  ChannelSessionGuard,
  ChannelSessionUserFromHttpGuard,
  ChannelSessionUserGuard,
  HttpSessionGuard,
  HttpSessionUserGuard,
} from './session-guards.js';

// Users
export { handshakeRequest, type HandshakeRequest } from './handshake-request.js';
export { transferUser, type UserDeserializer } from './session-users.js';
export { Revocation, type RevocableBy, SESSION_ENDED } from './revocation.js';

// What sessions hold
export type { ChannelSessionData, ConnectionUser, HttpSessionData } from './session-data.js';

// Locks between processes
export type { SessionLocks } from './session-locks.js';
export { redisLocks, type RedisLockClient, type RedisLocksOptions } from './redis-locks.js';
export {
  type PostgresLockClient,
  type PostgresLockPool,
  postgresLocks,
  type PostgresLocksOptions,
} from './postgres-locks.js';

// Errors
export {
  SessionLocked,
  type SessionsErrorCode,
  SessionStoreFailed,
  SessionUnopened,
  UserLookupFailed,
} from './errors.js';
