import { createHash } from 'node:crypto';
import { ForbiddenException, Injectable } from '@nestjs/common';
import {
  type Channel,
  Channels,
  CloseConnection,
  Consumer,
  Consumers,
  Content,
  type Group,
  Message,
  Msg,
  PathParam,
  QueryParam,
} from 'nest-channels';
import { Rooms } from './rooms.js';

const MAX_NAME_LENGTH = 40;
const MAX_NAMES_IN_NOTICE = 20;

/** Is what everybody in a room receives when one of them says something. */
interface ChatLine {
  readonly room: string;
  readonly user: string;
  readonly text: string;
}

/** Says who came or went. */
interface ChatNews {
  readonly room: string;
  readonly user: string;
  readonly notice: 'joined' | 'left';
}

/** Is what everybody in the room then receives. */
interface ChatNotice extends ChatNews {
  /** Counts the people in the room, some of whom are named. */
  readonly present: number;
  readonly people: readonly string[];
}

/** Lets everybody in a room read what one of them says, and who comes and goes. */
@Injectable()
@Consumers({ path: '/ws/rooms/:room' })
export class ChatConsumers {
  constructor(
    private readonly channels: Channels,
    private readonly rooms: Rooms,
  ) {}

  @Consumer('websocket.connect')
  async join(
    @Msg() { replyChannel }: Message,
    @PathParam('room') room: string,
    @QueryParam('username') username = '',
  ): Promise<void> {
    const user = checkedName(username);
    await this.#group(room).add(replyChannel);
    await replyChannel.send({ accept: true }, { immediately: true });
    const isNew = await this.rooms.enter(room, replyChannel.name, user);
    // The second tab of somebody who is here already is news to that tab alone.
    const readers = isNew ? this.#group(room) : replyChannel;
    await this.#tell(readers, { room, user, notice: 'joined' });
  }

  @Consumer('websocket.receive')
  async said(
    @Msg() { replyChannel }: Message,
    @PathParam('room') room: string,
    @Content('text') text?: string,
  ): Promise<void> {
    const user = await this.rooms.nameOf(room, replyChannel.name);
    // Redis came back empty: who connects again has a name again.
    if (user === undefined) throw new CloseConnection(1012, 'the room has been forgotten');
    if (text === undefined) return;
    const line: ChatLine = { room, user, text };
    await this.#group(room).send({ text: JSON.stringify(line) });
  }

  @Consumer('websocket.disconnect')
  async left(@Msg() { replyChannel }: Message, @PathParam('room') room: string): Promise<void> {
    const user = await this.rooms.leave(room, replyChannel.name);
    if (user !== undefined) await this.#tell(this.#group(room), { room, user, notice: 'left' });
  }

  /** Tells who is here at once: at the end of the handler it may no longer be true. */
  async #tell(readers: Group | Channel, news: ChatNews): Promise<void> {
    const connections = await this.#group(news.room).channels();
    const people = await this.rooms.people(news.room, connections);
    const notice: ChatNotice = {
      ...news,
      present: people.length,
      people: people.slice(0, MAX_NAMES_IN_NOTICE),
    };
    await readers.send({ text: JSON.stringify(notice) }, { immediately: true });
  }

  /** Group names are short ASCII, room names are whatever people like. */
  #group(room: string): Group {
    return this.channels.group(`chat-${createHash('sha256').update(room).digest('hex')}`);
  }
}

function checkedName(username: string): string {
  const name = username.trim();
  if (!name) throw new ForbiddenException('a room needs ?username=');
  if (name.length > MAX_NAME_LENGTH)
    throw new ForbiddenException('a name has 40 characters at most');
  return name;
}
