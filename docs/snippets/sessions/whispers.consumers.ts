import { Injectable, UseGuards } from '@nestjs/common';
import {
  ChannelSession,
  ChannelSessionParam,
  CurrentUser,
  Revocation,
} from '@nest-channels/sessions';
import { Consumer, Consumers, Message, Msg } from 'nest-channels';
import { SocketJwtGuard } from './socket-jwt.guard.js';

interface User {
  readonly id: string;
  readonly name: string;
}

@Injectable()
@Consumers({ path: '/whispers' })
@ChannelSession()
export class Whispers {
  constructor(private readonly revocation: Revocation) {}

  @Consumer('websocket.connect')
  @UseGuards(SocketJwtGuard)
  async connect(@Msg() message: Message, @CurrentUser() user: User) {
    // No cookie says which session or user to close this by: a token is followed by its user.
    await this.revocation.follow(message, { user: user.id });
    message.channelSession!['name'] = user.name;
    await message.accept();
  }

  @Consumer('websocket.receive')
  said(@ChannelSessionParam('name') name: string) {
    return `not a word, ${name}`;
  }
}
