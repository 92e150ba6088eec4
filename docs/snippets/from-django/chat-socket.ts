import { Consumer, Consumers, Content, JsonWebsocketConsumer } from 'nest-channels';

@Consumers({ life: 'connection', path: '/chat/:room' })
export class ChatSocket extends JsonWebsocketConsumer<{ messages: number }> {
  override groups = ({ room }: { room?: string }) => [`chat-${room}`];

  override async connect() {
    this.state.messages = 0;
    await this.accept();
  }

  override async receive({ text }: { text: string }) {
    this.state.messages++;
    await this.group(`chat-${this.params['room']}`).send({ type: 'chat.message', text });
  }

  @Consumer('chat.message') // only what is decorated can be reached from the layer
  async deliver(@Content('text') text: string) {
    await this.send({ text, sent: this.state.messages });
  }
}
