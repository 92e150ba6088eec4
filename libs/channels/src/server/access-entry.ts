import { clip, escape, quote } from '../log-text.js';

const MAX_TEXT_BYTES = 200;

/** Is what went over a connection, as far as it was counted. */
export interface Traffic {
  readonly framesIn?: number;
  readonly bytesIn?: number;
  readonly framesOut?: number;
  readonly bytesOut?: number;
}

/** Is how a handshake was answered; without a status its client left before. */
export interface Answer {
  readonly status?: number;
  readonly subprotocol?: string;
  readonly reason?: string;
}

/** Is how a connection ended. */
export interface End extends Traffic {
  readonly code: number;
  readonly reason?: string;
}

/** Is who asked for what. */
export interface AccessSubject {
  readonly client: string;
  readonly method: string;
  /** Is the path as it was asked for, cut, without its query. */
  readonly path: string;
}

/** Is one thing the access log tells. */
export type AccessEntry = AccessSubject & { readonly durationMs: number } & (
    ({ readonly event: 'handshake' } & Answer) | ({ readonly event: 'end' } & End)
  );

/** Writes an entry as an object of JSON; each has the same keys, null where nothing is known. */
export function asJson(entry: AccessEntry): string {
  const answer = entry.event === 'handshake' ? entry : undefined;
  const end = entry.event === 'end' ? entry : undefined;
  const { event, client, method, path, durationMs, reason } = entry;
  const line = {
    event,
    client,
    method,
    path,
    durationMs,
    status: answer?.status ?? null,
    subprotocol: cut(answer?.subprotocol),
    code: end?.code ?? null,
    framesIn: end?.framesIn ?? null,
    bytesIn: end?.bytesIn ?? null,
    framesOut: end?.framesOut ?? null,
    bytesOut: end?.bytesOut ?? null,
    reason: cut(reason),
  };
  return escape(JSON.stringify(line));
}

/** Writes an entry as a sentence. */
export function asText(entry: AccessEntry): string {
  const { client, method, path, reason, durationMs } = entry;
  const outcome = entry.event === 'handshake' ? answerText(entry) : endText(entry);
  const subject = `${client} ${method} ${quote(path, Infinity)}`;
  const why = reason ? `: ${quote(reason, MAX_TEXT_BYTES)}` : '';
  return `${subject} ${outcome} after ${durationMs} ms${why}`;
}

function answerText({ status, subprotocol }: Answer): string {
  if (status === undefined) return 'left';
  return subprotocol ? `${status} ${quote(subprotocol, MAX_TEXT_BYTES)}` : String(status);
}

function endText({ code, framesIn, bytesIn, framesOut, bytesOut }: End): string {
  const flows = [flow('in', framesIn, bytesIn), flow('out', framesOut, bytesOut)];
  return [`closed ${code}`, ...flows].filter(Boolean).join(', ');
}

function flow(direction: string, frames?: number, bytes?: number): string {
  const counts = [
    frames === undefined ? '' : `${frames} frames`,
    bytes === undefined ? '' : `${bytes} bytes`,
  ];
  const known = counts.filter(Boolean);
  return known.length > 0 ? `${direction} ${known.join(' of ')}` : '';
}

function cut(text: string | undefined): string | null {
  return text ? clip(text, MAX_TEXT_BYTES) : null;
}
