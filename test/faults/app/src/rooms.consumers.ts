import { Injectable } from '@nestjs/common';
import {
  Channels,
  Consumer,
  Consumers,
  type Group,
  Json,
  Message,
  Msg,
  PathParam,
} from 'nest-channels';

/** Is what a client says: a word, and who is to have it. */
interface Saying {
  readonly id: string;
  readonly to: 'room' | 'self' | 'task';
}

/** Hands on what clients say, to their room, back to themselves, or as a task. */
@Injectable()
@Consumers({ path: '/rooms/:room' })
export class RoomsConsumers {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  async join(@Msg() message: Message, @PathParam('room') room: string): Promise<void> {
    await this.#group(room).add(message.replyChannel);
    await message.accept();
  }

  @Consumer('websocket.receive')
  async said(
    @Msg() { replyChannel }: Message,
    @PathParam('room') room: string,
    @Json() { id, to }: Saying,
  ): Promise<void> {
    if (to === 'room') await this.#group(room).send({ text: id });
    if (to === 'self') await replyChannel.send({ text: id });
    if (to === 'task') await this.channels.channel('tasks').send({ id });
  }

  #group(room: string): Group {
    return this.channels.group(`room-${room}`);
  }
}
