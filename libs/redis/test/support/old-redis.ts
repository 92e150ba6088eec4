import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** Is a way to a Redis on which that says to be of version 6, and is itself in all else. */
export class OldRedis {
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly upstreamPort: number,
  ) {
    server.on('connection', (client: Socket) => this.#connected(client));
  }

  /** Listens on a free port, in front of a Redis on this machine. */
  static async start(upstreamPort: number): Promise<OldRedis> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new OldRedis(server, upstreamPort);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #connected(client: Socket): void {
    const upstream = connect(this.upstreamPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.pipe(aged()).pipe(client);
  }
}

/** Makes the version in an answer to INFO an older one, of the same length. */
function aged(): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      const text = chunk.toString('latin1').replace(/(?<=redis_version:)\d/, '6');
      done(null, Buffer.from(text, 'latin1'));
    },
  });
}
