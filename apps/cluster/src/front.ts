import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * Spreads TCP connections over servers, each its turn; one that does not answer is passed over.
 *
 * It stands for a load balancer: it reads nothing, so what it carries may be HTTP or WebSockets.
 */
export class Front {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (client) => {
    this.#keep(client);
    this.#serve(client, this.servers.length);
  });
  #turn = 0;

  /** @param servers are the Unix sockets of the servers */
  constructor(private readonly servers: readonly string[]) {}

  async listen(port: number): Promise<void> {
    this.#server.listen(port);
    await once(this.#server, 'listening');
  }

  /** Takes no more connections; those that are open go on. */
  stopListening(): void {
    this.#server.close();
  }

  /** Ends what is still open. */
  end(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(client: Socket, triesLeft: number): void {
    if (triesLeft === 0) return void client.destroy();
    const path = this.servers[this.#turn++ % this.servers.length];
    const server = connect({ path, allowHalfOpen: true });
    const tryNext = (): void => this.#serve(client, triesLeft - 1);
    server.once('error', tryNext);
    server.once('connect', () => {
      server.off('error', tryNext);
      this.#join(client, server);
    });
  }

  #join(client: Socket, server: Socket): void {
    this.#keep(server);
    for (const [from, to] of [[client, server] as const, [server, client] as const]) {
      from.pipe(to);
      from.once('close', () => to.destroy());
    }
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }
}
