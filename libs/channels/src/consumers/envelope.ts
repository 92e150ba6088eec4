import { InvalidEnvelope } from '../errors.js';

/** Is how long the name of a stream may be to be told back in an error frame. */
const MAX_TOLD = 100;

/** Is a frame for a stream of a demultiplexer. */
export interface Envelope {
  readonly stream: string;
  readonly payload: unknown;
}

/** Is what is known of a frame that was refused. */
interface Refused {
  readonly code: string;
  readonly message: string;
  readonly stream?: string;
}

/** Is what a client is told of a frame that was refused; its payload never is. */
export interface ErrorFrame {
  readonly stream?: string;
  readonly error: { readonly code: string; readonly message: string };
}

/**
 * Reads an envelope; other keys are left alone.
 *
 * @throws InvalidEnvelope `CHANNELS_ENVELOPE_INVALID`
 */
export function readEnvelope(value: unknown): Envelope {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidEnvelope('it is no object');
  }
  const { stream, payload } = value as Partial<Envelope>;
  if (typeof stream !== 'string') throw new InvalidEnvelope('its stream is no text');
  if (payload === undefined) throw new InvalidEnvelope('it has no payload', stream);
  return { stream, payload };
}

/** Returns what a client is told of a frame that was refused. */
export function errorFrame({ code, message, stream }: Refused): ErrorFrame {
  const isTold = stream !== undefined && stream.length <= MAX_TOLD;
  return { ...(isTold && { stream }), error: { code, message } };
}
