import { Controller, Get, Headers, Injectable, Post } from '@nestjs/common';
import {
  Channels,
  CloseConnection,
  ConsumeLater,
  Consumer,
  Consumers,
  Content,
  DenyConnection,
  EnforceOrdering,
  Json,
  Message,
  Msg,
  PathParam,
} from 'nest-channels';

/** Answers each frame with itself. */
@Injectable()
export class Echo {
  @Consumer('websocket.receive', { path: '/echo' })
  echo(@Msg() { content }: Message<'websocket.receive'>) {
    return content.text ?? content.bytes;
  }
}

/** Lets the members of a room talk. */
@Consumers({ path: '/rooms/:room' })
export class Rooms {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  async join(@Msg() message: Message, @PathParam('room') room: string) {
    if (room === 'closed') throw new DenyConnection({ status: 404, body: 'No such room' });
    await this.channels.group(`room-${room}`).add(message.replyChannel);
    await message.accept();
  }

  @Consumer('websocket.receive')
  async said(@PathParam('room') room: string, @Json() said: unknown) {
    if (said === 'bye') throw new CloseConnection(4000, 'as you wish');
    await this.channels.group(`room-${room}`).send({ text: JSON.stringify({ room, said }) });
  }

  @Consumer('websocket.disconnect')
  async left(@PathParam('room') room: string) {
    await this.channels.group(`room-${room}`).send({ text: JSON.stringify({ room, left: true }) });
  }
}

/** Works in the background. */
@Injectable()
export class Jobs {
  readonly done: unknown[] = [];

  constructor(private readonly channels: Channels) {}

  @Consumer('jobs')
  async work(@Content() job: { id: number; fail?: boolean; later?: boolean; hang?: boolean }) {
    if (job.hang) await new Promise(() => undefined);
    if (job.fail) throw new Error('the job failed');
    if (job.later && this.done.length === 0) throw new ConsumeLater({ delayMs: 60_000 });
    this.done.push(job.id);
    await this.channels.channel('reports').send({ id: job.id });
    return `job ${job.id}`;
  }

  @Consumer('reports')
  report(@Content('id') id: number) {
    this.done.push(`reported ${id}`);
  }
}

@Controller()
export class Pages {
  @Get('cookie')
  cookie(@Headers('cookie') cookie: string) {
    return { cookie };
  }

  @Post('made')
  made() {
    return 'made';
  }
}

/** Wants its messages in strict order. */
@Consumers({ path: '/ordered' })
export class Ordered {
  @Consumer('websocket.connect')
  @EnforceOrdering()
  accept(@Msg() message: Message) {
    return message.accept();
  }
}
