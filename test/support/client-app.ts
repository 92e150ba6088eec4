import { Controller, Get, Header, Injectable, Module } from '@nestjs/common';
import {
  Channels,
  ChannelsModule,
  Consumers,
  JsonWebsocketConsumer,
  WebsocketDemultiplexer,
  WebsocketMultiplexer,
} from 'nest-channels';
import { RestartingApp } from './restarting-app.js';

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

/** Is an application for pages with the client. */
export class ClientApp {
  private constructor(
    readonly server: RestartingApp,
    private readonly visits: Visits,
  ) {}

  static async start(): Promise<ClientApp> {
    const visits = new Visits();
    return new ClientApp(await RestartingApp.start(() => moduleWith(visits)), visits);
  }

  get url(): string {
    return this.server.url;
  }

  /** Counts the handshakes on /live since the first start. */
  get handshakes(): number {
    return this.visits.handshakes;
  }

  /** Says something on the stream chat to everybody. */
  async say(payload: string): Promise<void> {
    const text = WebsocketMultiplexer.encode('chat', payload);
    await this.server.nest.get(Channels).group('chat').send({ text });
  }
}

function moduleWith(visits: Visits): object {
  @Module({
    imports: [ChannelsModule.forRoot({ client: { path: '/channels.js' }, server: { drainMs: 1 } })],
    controllers: [Page],
    providers: [Live, Chat, Echo, Plain, { provide: Visits, useValue: visits }],
  })
  class AppModule {}
  return AppModule;
}
