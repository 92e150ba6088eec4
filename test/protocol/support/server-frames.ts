import { isUtf8 } from 'node:buffer';
import { Opcode } from './client-frame.js';

/** Is something that a server has said to its client. */
export type ServerEvent =
  | { readonly kind: 'text'; readonly data: string }
  | { readonly kind: 'binary' | 'ping' | 'pong'; readonly data: Buffer }
  | { readonly kind: 'close'; readonly code: number | undefined; readonly reason: string }
  /** Is what a server must not send. */
  | { readonly kind: 'violation'; readonly what: string };

interface Frame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly payload: Buffer;
}

/** Reads the frames of a server, and minds that they are what RFC 6455 §5 allows it. */
export class ServerFrames {
  #unread: Buffer[] = [];
  #bytes = 0;
  /** Is how many bytes there have to be before it is worth looking again. */
  #wanted = 2;
  #message?: { readonly opcode: number; readonly parts: Buffer[] };
  #isClosed = false;

  constructor(private readonly onEvent: (event: ServerEvent) => void) {}

  read(chunk: Buffer): void {
    this.#unread.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#wanted) return;
    let rest = Buffer.concat(this.#unread);
    for (let taken = this.#take(rest); taken > 0; taken = this.#take(rest)) {
      rest = rest.subarray(taken);
    }
    this.#unread = [rest];
    this.#bytes = rest.length;
  }

  /** Takes one frame and returns how many bytes it had, 0 if it is not whole. */
  #take(bytes: Buffer): number {
    this.#wanted = 2;
    if (bytes.length < 2) return 0;
    const [head, length] = readLength(bytes);
    this.#wanted = head + length;
    if (bytes.length < this.#wanted) return 0;
    this.#mindHeader(bytes, head, length);
    const payload = Buffer.from(bytes.subarray(head, head + length));
    this.#open({ opcode: bytes[0] & 0x0f, fin: (bytes[0] & 0x80) !== 0, payload });
    return head + length;
  }

  #mindHeader(bytes: Buffer, head: number, length: number): void {
    if ((bytes[0] & 0x70) !== 0) this.#violation('reserved bits');
    if ((bytes[1] & 0x80) !== 0) this.#violation('a masked frame');
    const fewest = length < 126 ? 2 : length < 65_536 ? 4 : 10;
    if (head !== fewest) this.#violation('a length in more bytes than it takes');
    if (this.#isClosed) this.#violation('a frame after its close');
  }

  #open({ opcode, fin, payload }: Frame): void {
    if (opcode === Opcode.close) return this.#openClose(payload);
    if (opcode === Opcode.ping) return this.onEvent({ kind: 'ping', data: payload });
    if (opcode === Opcode.pong) return this.onEvent({ kind: 'pong', data: payload });
    if ((opcode === Opcode.continuation) !== (this.#message !== undefined)) {
      return this.#violation(`opcode ${opcode} out of turn`);
    }
    this.#message ??= { opcode, parts: [] };
    this.#message.parts.push(payload);
    if (fin) this.#openMessage(this.#message);
  }

  #openMessage(message: { readonly opcode: number; readonly parts: Buffer[] }): void {
    this.#message = undefined;
    const data = Buffer.concat(message.parts);
    if (message.opcode === Opcode.binary) this.onEvent({ kind: 'binary', data });
    else this.onEvent({ kind: 'text', data: this.#decode(data) });
  }

  #openClose(payload: Buffer): void {
    this.#isClosed = true;
    const code = payload.length < 2 ? undefined : payload.readUInt16BE(0);
    this.onEvent({ kind: 'close', code, reason: this.#decode(payload.subarray(2)) });
  }

  #decode(bytes: Buffer): string {
    if (!isUtf8(bytes)) this.#violation('text that is not UTF-8');
    return bytes.toString();
  }

  #violation(what: string): void {
    this.onEvent({ kind: 'violation', what });
  }
}

/** Returns the sizes of a frame's header and payload; of what has not come, a lower bound. */
function readLength(bytes: Buffer): [head: number, length: number] {
  const short = bytes[1] & 0x7f;
  if (short < 126) return [2, short];
  if (short === 126) return bytes.length < 4 ? [4, 0] : [4, bytes.readUInt16BE(2)];
  return bytes.length < 10 ? [10, 0] : [10, Number(bytes.readBigUInt64BE(2))];
}
