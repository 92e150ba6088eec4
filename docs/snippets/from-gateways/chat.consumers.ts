import { Channels, Consumer, Consumers, Json, Message, Msg } from 'nest-channels';

@Consumers({ path: '/chat' })
export class ChatConsumers {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  async connect(@Msg() message: Message) {
    await this.channels.group('chat').add(message.replyChannel);
    await message.reply({ event: 'welcome' }); // accepts, too
  }

  @Consumer('websocket.receive')
  async receive(@Json() { event, data }: { event: string; data?: string }) {
    if (event === 'ping') return { event: 'pong' };
    if (event !== 'say') return undefined;
    const text = JSON.stringify({ event: 'said', data });
    return this.channels.group('chat').send({ text });
  }
}
