import { frame, Opcode, slices } from './client-frame.js';
import type { Expected, ProtocolCase, Step } from './protocol-case.js';

export const textEcho = (data: string): Expected => ({ kind: 'text', data });

export const binaryEcho = (data: Buffer): Expected => ({ kind: 'binary', data });

export const pongOf = (data: string | Buffer = ''): Expected => ({
  kind: 'pong',
  data: Buffer.from(data as string),
});

/** Sends all frames in one write. */
export const atOnce = (...frames: readonly Buffer[]): Step => ({ do: 'send', frames });

/** Sends each frame when the one before has been read. */
export const frameWise = (...frames: readonly Buffer[]): Step => ({ do: 'send each', frames });

/** Sends bytes in chops, each when the one before has been read. */
export const chopped = (size: number, ...frames: readonly Buffer[]): Step => ({
  do: 'send each',
  frames: slices(Buffer.concat(frames), size),
});

/** Writes bytes in chops without waiting; the network may join them again. */
export const writtenIn = (chop: number, ...frames: readonly Buffer[]): Step => ({
  do: 'send',
  frames,
  chop,
});

export const octetWise = (...frames: readonly Buffer[]): Step => chopped(1, ...frames);

export const WAIT: Step = { do: 'wait' };

type Parts = Pick<ProtocolCase, 'id' | 'title' | 'steps'> & Partial<ProtocolCase>;

/** Is a case after whose answers the client closes. */
export function passes(parts: Parts & Pick<ProtocolCase, 'strict'>): ProtocolCase {
  return { closeCode: 1000, ...parts };
}

/** Is a case that makes the server close: with 1002 where nothing else is said. */
export function fails(parts: Parts): ProtocolCase {
  return { strict: [], closeCode: 1002, closedBy: 'server', ...parts };
}

/** Is a case whose steps close. */
export function closes(parts: Parts): ProtocolCase {
  return { strict: [], closeCode: 1000, closedBy: 'steps', ...parts };
}

/** Is a close frame whose payload is any bytes. */
export const rawClose = (payload: Buffer): Buffer => frame(Opcode.close, payload);
