import { Injectable } from '@nestjs/common';
import {
  AuthenticatedOnly,
  ChannelSessionUser,
  ChannelSessionUserFromHttp,
  CurrentUser,
} from '@nest-channels/sessions';
import { Channels, Consumer, Consumers, Content, type Group, Message, Msg } from 'nest-channels';
import type { Person } from '../accounts/people.js';

/** Is what everybody with the same first letter receives. */
interface LetterLine {
  readonly from: string;
  readonly text?: string;
  readonly notice?: 'joined' | 'left';
}

/** Lets people talk to those whose name starts with the same letter. */
@Injectable()
@Consumers({ path: '/ws/letters' })
export class LettersConsumers {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  @AuthenticatedOnly()
  @ChannelSessionUserFromHttp()
  async join(@Msg() message: Message, @CurrentUser() user: Person): Promise<void> {
    await this.#group(user).add(message.replyChannel);
    await message.accept();
    await this.#tell(user, { from: user.name, notice: 'joined' });
  }

  @Consumer('websocket.receive')
  @AuthenticatedOnly()
  @ChannelSessionUser()
  async said(@CurrentUser() user: Person, @Content('text') text?: string): Promise<void> {
    if (text) await this.#tell(user, { from: user.name, text: text.slice(0, 1_000) });
  }

  @Consumer('websocket.disconnect')
  @ChannelSessionUser()
  async left(@CurrentUser() user: Person | null): Promise<void> {
    if (user) await this.#tell(user, { from: user.name, notice: 'left' });
  }

  #tell(user: Person, line: LetterLine): Promise<void> {
    return this.#group(user).send({ text: JSON.stringify(line) });
  }

  #group({ id }: Person): Group {
    return this.channels.group(`letters-${id[0]}`);
  }
}
