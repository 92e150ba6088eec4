import type { Message } from '@nest-channels/core';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ChannelsExecutionContext } from '../channels-execution-context.js';
import { DenyConnection } from '../control-flow.js';

/**
 * Is a guard on `websocket.connect` that lets a page connect by where it comes from.
 *
 * Extend it and say in `validateOrigin` which ones may. A connection with no `Origin`, with several,
 * or with one that is not ASCII is denied without asking; all denials have the status 403. It lets
 * messages of other channels pass. The server has judged origins before: what
 * `server.allowedOrigins` leaves out never gets here.
 */
@Injectable()
export abstract class OriginGuard implements CanActivate {
  /** Tells whether pages of this origin may connect; it is what a client wrote, `null` included. */
  protected abstract validateOrigin(
    origin: string,
    message: Message<'websocket.connect'>,
    context: ExecutionContext,
  ): boolean | Promise<boolean>;

  /** @throws DenyConnection with 403 */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const message = ChannelsExecutionContext.create(context).getMessage();
    if (!isConnect(message)) return true;
    const origin = originOf(message);
    const isValid = origin !== undefined && (await this.validateOrigin(origin, message, context));
    if (!isValid) throw new DenyConnection({ status: 403 });
    return true;
  }
}

function isConnect(message: Message): message is Message<'websocket.connect'> {
  return message.channel === 'websocket.connect';
}

/** Other servers may have let through what ours refuses. */
function originOf({ content }: Message<'websocket.connect'>): string | undefined {
  const headers = Array.isArray(content.headers) ? content.headers : [];
  const origins = headers.filter(([name]) => latin1(name) === 'origin');
  const origin = origins.length === 1 ? latin1(origins[0][1]) : undefined;
  return origin !== undefined && /^[\x20-\x7e]+$/.test(origin) ? origin : undefined;
}

function latin1(bytes: Uint8Array | undefined): string | undefined {
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('latin1') : undefined;
}
