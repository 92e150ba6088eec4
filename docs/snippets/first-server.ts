import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Channels,
  ChannelsModule,
  Consumer,
  Content,
  Message,
  Msg,
  PathParam,
} from 'nest-channels';

@Injectable()
class ChatConsumers {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect', { path: '/rooms/:room' })
  async join(@Msg() message: Message, @PathParam('room') room: string) {
    await this.channels.group(`chat-${room}`).add(message.replyChannel);
    await message.accept();
  }

  @Consumer('websocket.receive', { path: '/rooms/:room' })
  async said(@Content('text') text: string, @PathParam('room') room: string) {
    await this.channels.group(`chat-${room}`).send({ text });
  }
}

@Module({ imports: [ChannelsModule.forRoot()], providers: [ChatConsumers] })
class AppModule {}

const app = await NestFactory.create(AppModule);
await app.listen(process.env['PORT'] ?? 8000);
