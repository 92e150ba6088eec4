import { Channels, Consumer, Consumers, Content, Message, Msg, PathParam } from 'nest-channels';

@Consumers({ path: '/chat/:room' })
export class FunctionConsumers {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  async connect(@Msg() message: Message, @PathParam('room') room: string) {
    await message.accept();
    await this.channels.group(`chat-${room}`).add(message.replyChannel);
  }

  @Consumer('websocket.receive')
  async receive(@PathParam('room') room: string, @Content('text') text: string) {
    await this.channels.group(`chat-${room}`).send({ text });
  }
}
