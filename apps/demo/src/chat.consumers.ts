import { createHash } from 'node:crypto';
import { ForbiddenException, Injectable } from '@nestjs/common';
import {
  Channels,
  Consumer,
  Consumers,
  Content,
  Message,
  Msg,
  PathParam,
  QueryParam,
} from 'nest-channels';

/** Is what everybody in a room receives. */
interface ChatLine {
  readonly room: string;
  readonly user: string;
  readonly text: string;
}

/** Lets everybody in a room read what one of them says. */
@Injectable()
@Consumers({ path: '/ws/rooms/:room' })
export class ChatConsumers {
  /** Reply channel → name. Lives in this process; a channel session will carry it to others. */
  readonly #users = new Map<string, string>();

  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  async join(
    @Msg() message: Message,
    @PathParam('room') room: string,
    @QueryParam('username') username = '',
  ): Promise<void> {
    const user = username.trim();
    if (!user) throw new ForbiddenException('a room needs ?username=');
    this.#users.set(message.replyChannel.name, user);
    await this.channels.group(groupOf(room)).add(message.replyChannel);
    await message.accept();
  }

  @Consumer('websocket.receive')
  async said(
    @Msg() message: Message,
    @PathParam('room') room: string,
    @Content('text') text?: string,
  ): Promise<void> {
    const user = this.#users.get(message.replyChannel.name);
    if (user === undefined || text === undefined) return;
    const line: ChatLine = { room, user, text };
    await this.channels.group(groupOf(room)).send({ text: JSON.stringify(line) });
  }

  @Consumer('websocket.disconnect')
  left(@Msg() message: Message): void {
    this.#users.delete(message.replyChannel.name);
  }
}

/** Group names are short ASCII, room names are whatever people like. */
function groupOf(room: string): string {
  return `chat-${createHash('sha256').update(room).digest('hex')}`;
}
