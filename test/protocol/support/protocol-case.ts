import { isDeepStrictEqual } from 'node:util';
import type { ProtocolClient } from './protocol-client.js';
import type { ServedApp } from './served-app.js';
import type { ServerEvent } from './server-frames.js';

/** Is what the client of a case does next. */
export type Step =
  /** Writes frames: at once, in chops of some bytes, or each read before the next is written. */
  | { readonly do: 'send'; readonly frames: readonly Buffer[]; readonly chop?: number }
  | { readonly do: 'send each'; readonly frames: readonly Buffer[] }
  /** Waits until the server has read everything and has had its turn. */
  | { readonly do: 'wait' }
  /** Waits for as many events of the server. */
  | { readonly do: 'expect'; readonly events: number };

/** Is an event that a case expects. */
export type Expected = Extract<ServerEvent, { readonly data: unknown }>;

/** Is one case: what a client does, and what the server has to say to it. */
export interface ProtocolCase {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly Step[];
  /** Is what the server has to say before the end. */
  readonly strict: readonly Expected[];
  /** Is what it may say instead without breaking the protocol, if that differs. */
  readonly nonStrict?: readonly Expected[];
  /** Is the last step at which the server has to have ended the connection, to be strict. */
  readonly failsBy?: number;
  /** Is the code of the server's close frame; undefined is a close frame without one. */
  readonly closeCode: number | undefined;
  /** Says who closes; the client with 1000, after the expected events, if absent. */
  readonly closedBy?: 'server' | 'steps';
  /** Says that RFC 6455 leaves the outcome open, as long as it is an orderly one. */
  readonly isInformational?: boolean;
}

export type Verdict = 'OK' | 'NON-STRICT' | 'INFORMATIONAL' | `FAILED: ${string}`;

/** Runs a case against the echo of an application. */
export async function runCase(
  each: ProtocolCase,
  app: ServedApp,
  { path, goodbye }: { readonly path: string; readonly goodbye: Buffer },
): Promise<Verdict> {
  const client = await app.open(path);
  const stepsTaken = await takeSteps(each, client, app);
  if (!each.closedBy) {
    await client.heard(each.strict.length);
    client.write(goodbye);
  }
  await client.ended;
  return judge(each, client.events, stepsTaken);
}

/** Takes the steps until the server has closed, and returns how many that were. */
async function takeSteps(
  { steps }: ProtocolCase,
  client: ProtocolClient,
  app: ServedApp,
): Promise<number> {
  for (const [index, step] of steps.entries()) {
    if (client.isOver || client.hasHeardClose) return index;
    await takeStep(step, client, app);
  }
  return steps.length;
}

async function takeStep(step: Step, client: ProtocolClient, app: ServedApp): Promise<void> {
  switch (step.do) {
    case 'send':
      return client.send(step.frames, step);
    case 'send each':
      return sendEach(step.frames, client, app);
    case 'wait':
      return app.hasRead(client);
    case 'expect':
      await client.heard(step.events);
  }
}

async function sendEach(
  frames: readonly Buffer[],
  client: ProtocolClient,
  app: ServedApp,
): Promise<void> {
  for (const frame of frames) {
    client.write(frame);
    await app.hasRead(client);
  }
}

function judge(each: ProtocolCase, events: readonly ServerEvent[], stepsTaken: number): Verdict {
  const violation = events.find((event) => event.kind === 'violation');
  if (violation) return `FAILED: the server sent ${violation.what}`;
  const said = events.filter((event) => event.kind !== 'close');
  const close = events.find((event) => event.kind === 'close');
  if (!close) return 'FAILED: ended without a close frame';
  if (each.isInformational) return 'INFORMATIONAL';
  if (close.code !== each.closeCode) return `FAILED: closed with ${close.code}: ${close.reason}`;
  const isInTime = stepsTaken <= (each.failsBy ?? Infinity);
  if (isInTime && isDeepStrictEqual(said, each.strict)) return 'OK';
  if (isDeepStrictEqual(said, each.nonStrict)) return 'NON-STRICT';
  return `FAILED: said ${said.map(summary).join(', ') || 'nothing'}`;
}

function summary(event: ServerEvent): string {
  return 'data' in event ? `${event.kind} of ${event.data.length}` : event.kind;
}
