import { type CanActivate, Injectable, UseGuards } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
} from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { type Deferred, deferred } from '../../../libs/channels/test/support/deferred.js';

/** Is what the clients of both chats send. */
export interface Request {
  readonly event: string;
  readonly id: number;
  /** Is what a gateway takes for the message; `id` and more are in there. */
  readonly data?: object;
}

@Injectable()
class NobodyGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

/** Is the same chat as an ordinary gateway of Nest. */
@UseGuards(NobodyGuard)
@WebSocketGateway({ path: '/guarded' })
export class GuardedGateway implements OnGatewayConnection {
  readonly events: string[] = [];

  handleConnection(): void {
    this.events.push('connected');
  }
}

@WebSocketGateway({ path: '/chat' })
export class ChatGateway implements OnGatewayConnection {
  readonly events: string[] = [];
  readonly gate: Deferred<void> = deferred();
  readonly clients: WebSocket[] = [];

  async handleConnection(client: WebSocket): Promise<void> {
    this.clients.push(client);
    await this.gate.promise;
    this.events.push('connected');
  }

  @SubscribeMessage('ask')
  ask(@MessageBody('id') id: number): object {
    this.events.push(`received ${id}`);
    return { event: 'answer', data: { id } };
  }

  @SubscribeMessage('wait')
  async wait(@MessageBody('id') id: number): Promise<object> {
    await this.gate.promise;
    return { event: 'answer', data: { id } };
  }

  @SubscribeMessage('throw')
  fail(): never {
    throw new WsException('not like this');
  }

  @SubscribeMessage('flood')
  flood(@ConnectedSocket() client: WebSocket): void {
    for (let sent = 0; sent < 400; sent++) client.send(Buffer.alloc(64 * 1024));
  }
}
