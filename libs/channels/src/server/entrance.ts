import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, reasonOf } from '@nest-channels/core';
import type { Logger } from '@nestjs/common';
import { InvalidHandshake } from '../errors.js';
import { type ServerSettings, UNIX_SOCKET } from '../server-options.js';
import { AccessLog, type AccessRecord } from './access-log.js';
import { Admission, type Crowding } from './admission.js';
import { ClientKeys } from './client-keys.js';
import { type Handshake, readHandshake } from './handshake.js';
import { quote } from '../log-text.js';
import { isAllowedOrigin } from './origin.js';
import { type Refusal, refuse, UNAVAILABLE } from './refusal.js';
import { RefusalLog } from './refusal-log.js';
import { type Peer, TrustedProxies } from './trusted-proxies.js';

const STOPPING: Refusal = { ...UNAVAILABLE, reason: 'the server is stopping' };

/** Is what an entrance needs of its server. */
export interface EntranceHost {
  readonly settings: ServerSettings;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  /** Returns a number from 0 up to 1; Math.random if absent. */
  readonly random?: () => number;
}

/** Is a handshake that passed the server's own checks. */
export interface Entry {
  readonly handshake: Handshake;
  /** Is where its outcome is told; absent without an access log. */
  readonly access?: AccessRecord;
}

/**
 * Receives the handshakes of a server and lets in what keeps to its rules.
 *
 * States: open → closed. Whoever is not let in is answered and logged here, and the application
 * never hears of it.
 */
export class Entrance {
  #state: 'open' | 'closed' = 'open';
  readonly #keys = new ClientKeys();
  readonly #proxies: TrustedProxies;
  readonly #admission: Admission;
  readonly #refusals: RefusalLog;
  readonly #access?: AccessLog;

  constructor(private readonly host: EntranceHost) {
    const { settings, clock, logger } = host;
    this.#proxies = new TrustedProxies(settings.trustedProxies);
    this.#admission = new Admission(settings, host);
    this.#refusals = new RefusalLog(logger, clock);
    if (settings.accessLog) this.#access = new AccessLog(settings.accessLog, clock);
  }

  /** Returns what may go on; any other request is answered, and its socket ended. */
  receive(request: IncomingMessage, socket: Duplex): Entry | undefined {
    const peer = this.#proxies.peerOf(request);
    const access = this.#access?.begin(request, peer ? nameOf(peer) : 'unknown');
    if (!peer) return this.#turnAway(socket, access);
    const outcome = this.#judge(request, peer);
    if ('status' in outcome) return this.#turnAway(socket, access, outcome);
    // A place is free again when its file is: after the end of the connection.
    socket.on('close', this.#admission.enter(this.#keyOf(peer)));
    return { handshake: outcome, access };
  }

  /** Refuses everybody from now on. */
  close(): void {
    this.#state = 'closed';
    this.#admission.close();
    this.#refusals.close();
  }

  #judge(request: IncomingMessage, peer: Peer): Handshake | Refusal {
    if (this.#state === 'closed') return STOPPING;
    const crowding = this.#admission.arrive(this.#keyOf(peer));
    if (crowding) return this.#tooMany(crowding, peer);
    try {
      const handshake = readHandshake(request, this.host.settings, peer);
      return this.#foreignPage(request) ?? handshake;
    } catch (error) {
      return this.#malformed(error);
    }
  }

  /** Who is gone hears no refusal. */
  #turnAway(socket: Duplex, access?: AccessRecord, refusal?: Refusal): undefined {
    access?.answered(refusal ?? {});
    const { clock, settings } = this.host;
    if (refusal) refuse(socket, refusal, { clock, timeoutMs: settings.closeTimeoutMs });
    else socket.destroy();
  }

  #keyOf({ client }: Peer): string | undefined {
    return this.#keys.of(client?.[0]);
  }

  #tooMany({ of, ...refusal }: Crowding, peer: Peer): Refusal {
    const address = nameOf(peer);
    const isProxy = of === 'address' && this.#keys.isPrivate(address);
    const hint = isProxy ? ' If this is a proxy, name it in server.trustedProxies.' : '';
    const line = `Refused a handshake of ${address} with ${refusal.status}: ${refusal.reason}.${hint}`;
    this.#refusals.add(of === 'address' ? address : of, line);
    return refusal;
  }

  #foreignPage(request: IncomingMessage): Refusal | undefined {
    if (isAllowedOrigin(request, this.host.settings.allowedOrigins)) return undefined;
    const origin = quote(request.headers.origin ?? '');
    this.host.logger.warn(
      `Refused a handshake from origin ${origin} with 403. ` +
        'If its pages may connect, list it in server.allowedOrigins.',
    );
    return { status: 403, reason: `origin ${origin}` };
  }

  #malformed(error: unknown): Refusal {
    const { status, headers } =
      error instanceof InvalidHandshake ? error : { status: 500, headers: {} };
    const reason = reasonOf(error);
    this.host.logger.warn(`Refused a handshake with ${status}: ${reason}`);
    return { status, headers, reason };
  }
}

function nameOf({ client }: Peer): string {
  return client?.[0] ?? UNIX_SOCKET;
}
