import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';

/** Is a tested application that listens on a real port, for browsers and other real clients. */
export class LiveServer {
  private constructor(readonly port: number) {}

  /** Lets an application listen on a free port of the loopback address. */
  static async listen(app: INestApplication): Promise<LiveServer> {
    await app.listen(0, '127.0.0.1');
    return new LiveServer((app.getHttpServer().address() as AddressInfo).port);
  }

  /** Is where pages and controllers are: `http://127.0.0.1:41234`. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Is where sockets are: `ws://127.0.0.1:41234`. */
  get wsUrl(): string {
    return `ws://127.0.0.1:${this.port}`;
  }
}
