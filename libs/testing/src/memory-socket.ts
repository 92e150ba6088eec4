import { Duplex } from 'node:stream';

// oxlint-disable no-underscore-dangle -- the names are those of node:stream

/** Is who a socket speaks as, and with whom. */
export interface Addresses {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** Is told of everything that sockets do. */
export interface Line {
  /** Counts what is under way and what has arrived. */
  traffic: { underWay: number; arrived: number };
}

type Done = () => void;

/**
 * Is one end of a connection that exists in memory only, and looks like one over TCP.
 *
 * What is written arrives in a later turn of the event loop, and is held back while the other end
 * does not read. An end that is destroyed ends the other one too.
 */
export class MemorySocket extends Duplex {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  bytesRead = 0;
  bytesWritten = 0;
  #other!: MemorySocket;
  #goOn: Done | undefined;

  private constructor(
    addresses: Addresses,
    private readonly line: Line,
  ) {
    super();
    this.localAddress = addresses.localAddress;
    this.localPort = addresses.localPort;
    this.remoteAddress = addresses.remoteAddress;
    this.remotePort = addresses.remotePort;
  }

  /** Makes both ends of a connection; the addresses are those that the first end sees. */
  static pair(addresses: Addresses, line: Line): [MemorySocket, MemorySocket] {
    const one = new MemorySocket(addresses, line);
    const other = new MemorySocket(swapped(addresses), line);
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  /** Does nothing: there is no packet to delay. */
  setNoDelay(): this {
    return this;
  }

  /** Does nothing: the other end cannot vanish. */
  setKeepAlive(): this {
    return this;
  }

  /** Does nothing: limits of time are the application's. */
  setTimeout(): this {
    return this;
  }

  /** Does nothing: a socket in memory keeps no process alive. */
  ref(): this {
    return this;
  }

  /** Does nothing: a socket in memory keeps no process alive. */
  unref(): this {
    return this;
  }

  /** Ends the connection as a TCP reset does. */
  resetAndDestroy(): this {
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    this.#later(() => this.#other.destroy(reset));
    return this.destroy();
  }

  override _read(): void {
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.bytesWritten += chunk.length;
    this.#later(() => this.#other.#arrive(chunk, done));
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: Done): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'utf8', done);
  }

  override _final(done: Done): void {
    this.#later(() => this.#other.push(null));
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this._read();
    this.#later(() => this.#other.#lost());
    done(error);
  }

  #arrive(chunk: Buffer, done: Done): void {
    if (this.destroyed) return done();
    this.bytesRead += chunk.length;
    if (this.push(chunk)) done();
    else this.#goOn = done;
  }

  #lost(): void {
    if (!this.readableEnded && !this.destroyed) this.push(null);
    if (!this.writableEnded) this.end();
  }

  #later(action: Done): void {
    const { traffic } = this.line;
    traffic.underWay++;
    setImmediate(() => {
      traffic.underWay--;
      traffic.arrived++;
      action();
    });
  }
}

function swapped(addresses: Addresses): Addresses {
  return {
    localAddress: addresses.remoteAddress,
    localPort: addresses.remotePort,
    remoteAddress: addresses.localAddress,
    remotePort: addresses.localPort,
  };
}
