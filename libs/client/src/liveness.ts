import type { ClientClock, ClientTimer } from './clock.js';

/** Are the options of a message that makes the server answer. */
export interface HeartbeatOptions {
  /** Is the message to send; the application has to answer it with any frame. */
  readonly message: unknown;
  /** Is how long the server may be silent before it is asked; 30,000 if absent. */
  readonly everyMs?: number;
  /** Is how long it may stay silent then; 10,000 if absent. */
  readonly timeoutMs?: number;
}

/** Are the times after which a connection is doubted. */
export interface LivenessSettings {
  readonly heartbeat?: HeartbeatOptions | undefined;
  /** Is how long page or machine may have stood still before the connection is doubted. */
  readonly sleepMs: number;
}

/** Is how often the clock is looked at: a longer gap means that page or machine stood still. */
const TICK_MS = 5_000;

/** Is how long what the machine has received in its sleep may take to get here. */
const GRACE_MS = 1_000;

/**
 * Notices that a connection is dead though nobody said so.
 *
 * A browser shows no pings, so there are two signs: the page or machine stood still for longer
 * than a server waits for a pong, or it found a network again; and, with a heartbeat, a server
 * that does not answer. States: stopped → trusting ⇄ doubting.
 */
export class Liveness {
  readonly #everyMs: number;
  readonly #graceMs: number;
  #state: 'stopped' | 'trusting' | 'doubting' = 'stopped';
  #heardAt = 0;
  #tick: ClientTimer | undefined;
  #doubt: ClientTimer | undefined;

  constructor(
    private readonly clock: ClientClock,
    private readonly settings: LivenessSettings,
    private readonly connection: { ask(): void; giveUp(): void },
  ) {
    const { heartbeat } = settings;
    this.#everyMs = heartbeat ? (heartbeat.everyMs ?? 30_000) : Infinity;
    this.#graceMs = heartbeat ? (heartbeat.timeoutMs ?? 10_000) : GRACE_MS;
  }

  start(): void {
    this.stop();
    this.#trust();
    this.#scheduleTick();
  }

  stop(): void {
    this.#state = 'stopped';
    this.#tick?.cancel();
    this.#doubt?.cancel();
  }

  /** Notes that a frame came; it only proves something if the server was asked for it. */
  heard(): void {
    this.#heardAt = this.clock.now();
    if (this.settings.heartbeat && this.#state === 'doubting') this.#trust();
  }

  /** Doubts the connection: it gets some time, then it is given up. */
  doubt(): void {
    if (this.#state !== 'trusting') return;
    this.#state = 'doubting';
    this.#doubt = this.clock.setTimer(() => this.connection.giveUp(), this.#graceMs);
    if (this.settings.heartbeat) this.connection.ask();
  }

  #trust(): void {
    this.#doubt?.cancel();
    this.#state = 'trusting';
    this.#heardAt = this.clock.now();
  }

  #scheduleTick(): void {
    const tickMs = Math.min(TICK_MS, this.#everyMs, this.settings.sleepMs / 2);
    const since = this.clock.now();
    this.#tick = this.clock.setTimer(() => this.#look(this.clock.now() - since), tickMs);
  }

  #look(gapMs: number): void {
    const isSilent = this.clock.now() - this.#heardAt >= this.#everyMs;
    this.#scheduleTick();
    if (isSilent || gapMs >= this.settings.sleepMs) this.doubt();
  }
}
