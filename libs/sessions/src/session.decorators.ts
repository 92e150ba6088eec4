import 'reflect-metadata';
import { applyDecorators, type CanActivate, type Type } from '@nestjs/common';
import { OriginGuard } from 'nest-channels';
import { AuthenticatedGuard } from './authenticated-guard.js';
import { SaveSessions } from './save-sessions.js';
import {
  ChannelAndHttpSessionGuard,
  ChannelAndHttpSessionUserFromHttpGuard,
  ChannelSessionGuard,
  ChannelSessionUserFromHttpGuard,
  ChannelSessionUserGuard,
  HttpSessionGuard,
  HttpSessionUserGuard,
} from './session-guards.js';

/** Is a decorator of a handler, or of a class for all its handlers. */
export type HandlerDecorator = ClassDecorator & MethodDecorator;

/** Are where Nest keeps the guards and interceptors of a class or method. */
const GUARDS = '__guards__';
const INTERCEPTORS = '__interceptors__';

/**
 * Gives handlers `message.channelSession`, which all messages of a connection share.
 *
 * It is stored when a handler has put something into it, and removed when the connection is over.
 */
export function ChannelSession(): HandlerDecorator {
  return opening(ChannelSessionGuard);
}

/**
 * Gives handlers `message.httpSession`, the browser's session with the application.
 *
 * It is the one that the cookie names, or `?session_key=` where that is allowed; undefined without
 * one, never a new one. Only `websocket.connect` names it: see {@link ChannelAndHttpSession}.
 */
export function HttpSession(): HandlerDecorator {
  return opening(HttpSessionGuard);
}

/** Gives handlers both sessions, the HTTP session also for messages after `websocket.connect`. */
export function ChannelAndHttpSession(): HandlerDecorator {
  return opening(ChannelAndHttpSessionGuard);
}

/** Gives handlers `message.user`, who is logged in in the HTTP session; null for nobody. */
export function HttpSessionUser(): HandlerDecorator {
  return opening(HttpSessionUserGuard);
}

/** Gives handlers `message.user` from the session of the connection; null for nobody. */
export function ChannelSessionUser(): HandlerDecorator {
  return opening(ChannelSessionUserGuard);
}

/**
 * Takes the user of the HTTP session over into the session of the connection.
 *
 * For `websocket.connect`, with {@link ChannelSessionUser} on later handlers, or for a whole class:
 * messages without an HTTP session find the user in the session of the connection.
 */
export function ChannelSessionUserFromHttp(): HandlerDecorator {
  return opening(ChannelSessionUserFromHttpGuard);
}

/** Takes the user over like {@link ChannelSessionUserFromHttp}, and keeps the HTTP session at hand. */
export function ChannelAndHttpSessionUserFromHttp(): HandlerDecorator {
  return opening(ChannelAndHttpSessionUserFromHttpGuard);
}

/** Lets only logged-in users pass: 401 before the handshake, 4401 after it. */
export function AuthenticatedOnly(): HandlerDecorator {
  return behind(AuthenticatedGuard);
}

/** Sessions are opened before other guards look, and saved after all other interceptors. */
function opening(guard: Type<CanActivate>): HandlerDecorator {
  return applyDecorators(
    ahead(GUARDS, guard, isOriginGuard),
    ahead(INTERCEPTORS, SaveSessions, () => false),
  );
}

/** Places an enhancer ahead of those that are there, but for the ones that must stay in front. */
function ahead(
  key: string,
  enhancer: Type,
  staysInFront: (other: unknown) => boolean,
): HandlerDecorator {
  return place(key, (others) => [
    ...others.filter(staysInFront),
    enhancer,
    ...others.filter((other) => !staysInFront(other)),
  ]);
}

/** Places a guard behind those that open sessions, however the decorators are written. */
function behind(guard: Type<CanActivate>): HandlerDecorator {
  return place(GUARDS, (others) => [...others, guard]);
}

function place(key: string, arrange: (others: unknown[]) => unknown[]): HandlerDecorator {
  return (target: object, _method?: string | symbol, descriptor?: PropertyDescriptor) => {
    const owner = descriptor ? (descriptor.value as object) : target;
    const others = (Reflect.getMetadata(key, owner) ?? []) as unknown[];
    Reflect.defineMetadata(key, arrange(others), owner);
  };
}

function isOriginGuard(guard: unknown): boolean {
  const prototype: unknown = typeof guard === 'function' ? guard.prototype : guard;
  return prototype instanceof OriginGuard;
}
