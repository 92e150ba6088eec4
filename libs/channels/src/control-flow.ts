import {
  assertClose,
  InvalidContent,
  isRefusalStatus,
  type WebSocketReply,
} from '@nest-channels/core';
import { IntrinsicException } from '@nestjs/common';

/** Is what a refusal may say to the client. */
export type Denial = Pick<WebSocketReply, 'status' | 'headers' | 'body'>;

/**
 * Refuses a pending connection, thrown from a `websocket.connect` handler or around it.
 *
 * What the handler sent before goes out first, so a connection that it had accepted is closed with
 * 1008. Anywhere else it is a mistake, which fails the handler: `CHANNELS_CONTROL_FLOW_MISPLACED`.
 * As all control flow it is not logged as an error; filters see it, and one that catches everything
 * has to throw it on.
 */
export class DenyConnection extends IntrinsicException {
  readonly denial: Denial;

  /**
   * @param denial `status` is from 300 to 599, 403 if absent
   * @throws InvalidContent `CHANNELS_CONTENT_INVALID` for another status
   */
  constructor(denial: Denial = {}) {
    const { status = 403, headers, body } = denial;
    if (!isRefusalStatus(status)) {
      throw new InvalidContent('the refusal', `status ${String(status)} is not from 300 to 599`);
    }
    super(`The connection is denied with ${status}`);
    this.name = DenyConnection.name;
    this.denial = { status, ...(headers && { headers }), ...(body !== undefined && { body }) };
  }
}

/** Is what an accepted connection may be told. */
export type Acceptance = Pick<WebSocketReply, 'subprotocol' | 'headers'>;

/**
 * Accepts a pending connection, thrown from a `websocket.connect` handler or around it.
 *
 * What the handler sent before goes out first. Anywhere else it is a mistake, which fails the
 * handler: `CHANNELS_CONTROL_FLOW_MISPLACED`.
 */
export class AcceptConnection extends IntrinsicException {
  constructor(readonly acceptance: Acceptance = {}) {
    super('The connection is accepted');
    this.name = AcceptConnection.name;
  }
}

/**
 * Closes the connection of the message, thrown from a handler or around it.
 *
 * What the handler sent before goes out first. A pending connection is refused with 403. On
 * `websocket.disconnect` and for messages without a reply channel it is a mistake, which fails the
 * handler: `CHANNELS_CONTROL_FLOW_MISPLACED`.
 */
export class CloseConnection extends IntrinsicException {
  /** @throws InvalidClose `CHANNELS_CLOSE_INVALID`, right here */
  constructor(
    readonly code = 1000,
    readonly reason = '',
  ) {
    assertClose(code, reason);
    super(`The connection is closed with ${code}`);
    this.name = CloseConnection.name;
  }
}

/**
 * Ends a consumer and its connection, with 1000, as if by {@link CloseConnection}.
 *
 * In life `connection` nothing that still waits for the consumer is handled but its disconnect.
 */
export class StopConsumer extends CloseConnection {
  constructor() {
    super(1000);
    this.name = StopConsumer.name;
  }
}

/** Is how often a message is handled again for {@link ConsumeLater} before it is dropped. */
export const MAX_RETRIES = 10;

const RETRY_DELAY_MS = 100;

/** Are the options of {@link ConsumeLater}. */
export interface ConsumeLaterOptions {
  /** Is how long the message waits for its next run; 100 if absent. */
  readonly delayMs?: number;
}

/**
 * Has the message handled again later, thrown from a handler or around it.
 *
 * The worker keeps the message; it does not go through the layer again, and does not survive the
 * process. Other messages of its connection wait behind it, those of others do not. What the run
 * has buffered is discarded, what it sent `immediately` stays sent. After the tenth time, so after
 * eleven runs, it is dropped with a warning, and a connection that was pending refused with 503.
 */
export class ConsumeLater extends IntrinsicException {
  readonly delayMs: number;

  /** @throws RangeError for a delay that is negative or endless */
  constructor({ delayMs = RETRY_DELAY_MS }: ConsumeLaterOptions = {}) {
    if (!(delayMs >= 0 && delayMs < Infinity)) {
      throw new RangeError(`delayMs: expected milliseconds, got ${delayMs}`);
    }
    super(`The message is handled again in ${delayMs} ms`);
    this.name = ConsumeLater.name;
    this.delayMs = delayMs;
  }
}
