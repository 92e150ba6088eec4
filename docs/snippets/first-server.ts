import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Channels, ChannelsModule, Consumer, Consumers, Message, Msg } from 'nest-channels';

@Consumers({ path: '/rooms/:room' })
class Rooms {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  async join(@Msg() message: Message) {
    await this.channels.group(`room-${message.params.room}`).add(message.replyChannel);
    await message.accept();
  }

  @Consumer('websocket.receive')
  async said(@Msg() { params, content }: Message<'websocket.receive'>) {
    await this.channels.group(`room-${params.room}`).send({ text: content.text ?? '' });
  }
}

@Module({ imports: [ChannelsModule.forRoot()], providers: [Rooms] })
class AppModule {}

const app = await NestFactory.create(AppModule);
await app.listen(process.env.PORT ?? 8000);
