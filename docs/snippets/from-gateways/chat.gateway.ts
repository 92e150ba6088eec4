import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import type { WebSocket, WebSocketServer as Server } from 'ws';

@WebSocketGateway({ path: '/gateway' })
export class ChatGateway implements OnGatewayConnection<WebSocket> {
  @WebSocketServer() server: Server;

  handleConnection(client: WebSocket) {
    client.send(JSON.stringify({ event: 'welcome' }));
  }

  @SubscribeMessage('say')
  say(@MessageBody() text: string) {
    const said = JSON.stringify({ event: 'said', data: text });
    for (const client of this.server.clients) client.send(said);
  }

  @SubscribeMessage('ping')
  ping(@ConnectedSocket() _client: WebSocket) {
    return { event: 'pong' };
  }
}
