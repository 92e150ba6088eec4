import { Injectable } from '@nestjs/common';
import {
  AuthenticatedOnly,
  ChannelSessionUser,
  ChannelSessionUserFromHttp,
  CurrentUser,
} from '@nest-channels/sessions';
import {
  Channels,
  Consumer,
  Consumers,
  groupName,
  Json,
  Message,
  Msg,
  PathParam,
} from 'nest-channels';
import type { User } from './accounts.js';

@Injectable()
@Consumers({ path: '/rooms/:room' })
export class RoomsConsumers {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  @ChannelSessionUserFromHttp()
  @AuthenticatedOnly()
  async join(@Msg() message: Message, @PathParam('room') room: string) {
    await this.channels.group(groupName`room-${room}`).add(message.replyChannel);
    await message.accept();
  }

  @Consumer('websocket.receive')
  @ChannelSessionUser()
  async said(
    @CurrentUser() user: User,
    @PathParam('room') room: string,
    @Json('text') text: string,
  ) {
    const line = JSON.stringify({ name: user.name, text });
    await this.channels.group(groupName`room-${room}`).send({ text: line });
  }
}
