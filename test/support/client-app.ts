import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Controller, Get, Header, type INestApplication, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Channels,
  ChannelsModule,
  Consumers,
  JsonWebsocketConsumer,
  WebsocketDemultiplexer,
  WebsocketMultiplexer,
} from 'nest-channels';
import { freePort } from './process.js';

@Injectable()
class Visits {
  handshakes = 0;
}

class Chat extends JsonWebsocketConsumer {
  override readonly groups = ['chat'];
}

class Echo extends JsonWebsocketConsumer {
  override receive(payload: unknown): unknown {
    return payload;
  }
}

@Consumers({ path: '/live' })
class Live extends WebsocketDemultiplexer {
  override readonly consumers = { chat: Chat, echo: Echo };

  constructor(private readonly visits: Visits) {
    super();
  }

  override async connect(): Promise<void> {
    this.visits.handshakes++;
    await super.connect();
  }
}

@Consumers({ path: '/plain' })
class Plain extends JsonWebsocketConsumer {
  override receive(message: unknown): unknown {
    return message;
  }
}

@Controller()
class Page {
  @Get()
  @Header('content-type', 'text/html')
  page(): string {
    return '<!doctype html><title>client</title><script src="/channels.js"></script>';
  }
}

/** Is an application for pages with the client, at one port however often it is started. */
export class ClientApp {
  readonly #wires = new Set<Socket>();
  readonly #visits = new Visits();
  #app: INestApplication;

  private constructor(readonly port: number) {}

  static async start(): Promise<ClientApp> {
    const app = new ClientApp(await freePort());
    await app.startAgain();
    return app;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Counts the handshakes on /live since the first start. */
  get handshakes(): number {
    return this.#visits.handshakes;
  }

  /** Stops as a deployment does. */
  async stop(): Promise<void> {
    await this.#app.close();
  }

  async startAgain(): Promise<void> {
    this.#app = await NestFactory.create(this.#module(), { logger: false });
    const server = this.#app.getHttpServer() as Server;
    server.on('connection', (wire) => {
      this.#wires.add(wire);
      wire.once('close', () => this.#wires.delete(wire));
    });
    await this.#app.listen(this.port, 'localhost');
  }

  /** Ends every connection without a word. */
  cut(): void {
    for (const wire of this.#wires) wire.destroy();
  }

  /** Lets every connection fall silent, as if its client had been forgotten. */
  fallSilent(): void {
    for (const wire of this.#wires) wire.pause();
  }

  /** Says something on the stream chat to everybody. */
  async say(payload: string): Promise<void> {
    const text = WebsocketMultiplexer.encode('chat', payload);
    await this.#app.get(Channels).group('chat').send({ text });
  }

  #module(): object {
    const visits = this.#visits;
    @Module({
      imports: [
        ChannelsModule.forRoot({ client: { path: '/channels.js' }, server: { drainMs: 1 } }),
      ],
      controllers: [Page],
      providers: [Live, Chat, Echo, Plain, { provide: Visits, useValue: visits }],
    })
    class AppModule {}
    return AppModule;
  }
}
