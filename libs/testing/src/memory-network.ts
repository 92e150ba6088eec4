import {
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  request,
  type Server,
} from 'node:http';
import { type Addresses, type Line, MemorySocket } from './memory-socket.js';

/** Is where an application seems to listen. */
const HOST = { address: '127.0.0.1', port: 80 };

/** Is where the first client seems to come from; each has a port of its own. */
const FIRST_CLIENT_PORT = 49_152;

/** Is a whole answer to a request. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** Is a whole request. */
export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Uint8Array;
}

/** Connects clients to HTTP servers that do not listen, and counts what goes to and fro. */
export class MemoryNetwork implements Line {
  readonly traffic = { underWay: 0, arrived: 0 };
  readonly #open = new Set<MemorySocket>();
  #connections = 0;

  /** Opens a connection to a server and returns the client's end of it. */
  connect(server: Server, clientAddress = HOST.address): MemorySocket {
    const [client, host] = MemorySocket.pair(this.#addresses(clientAddress), this);
    this.#open.add(client);
    client.once('close', () => this.#open.delete(client));
    server.emit('connection', host);
    return client;
  }

  /** Asks a server and resolves with its whole answer. */
  ask(server: Server, { method, path, headers, body }: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const createConnection = (): MemorySocket => this.connect(server);
      const asked = request({ method, path, headers, createConnection });
      asked.once('error', reject);
      asked.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const { statusCode = 0, headers: received, rawHeaders } = response;
          const whole = Buffer.concat(chunks);
          resolve({ status: statusCode, headers: received, rawHeaders, body: whole });
        });
      });
      asked.end(body);
    });
  }

  /** Cuts every connection that is still open. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #addresses(clientAddress: string): Addresses {
    return {
      localAddress: clientAddress,
      localPort: FIRST_CLIENT_PORT + (this.#connections++ % 16_384),
      remoteAddress: HOST.address,
      remotePort: HOST.port,
    };
  }
}
