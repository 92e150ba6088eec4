import { Consumers, JsonWebsocketConsumer, WebsocketDemultiplexer } from 'nest-channels';

export class Chat extends JsonWebsocketConsumer {
  override readonly groups = ['chat'];

  override async receive({ text }: { text: string }) {
    await this.groupSend('chat', { text }); // to the stream "chat" of all members
  }
}

export class Clock extends JsonWebsocketConsumer {
  override receive(question: 'time') {
    return { [question]: new Date().toISOString() };
  }
}

@Consumers({ path: '/live' })
export class Live extends WebsocketDemultiplexer {
  override readonly consumers = { chat: Chat, clock: Clock };
}
