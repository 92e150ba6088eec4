import { Injectable } from '@nestjs/common';
import { Channels, Consumer, Content } from 'nest-channels';

declare module '@nest-channels/core' {
  interface ChannelContents {
    'transcripts.make': { room: string };
  }
}

@Injectable()
export class TranscriptsConsumers {
  readonly made: string[] = [];

  @Consumer('transcripts.make')
  make(@Content('room') room: string) {
    this.made.push(room); // takes its time, in a worker
  }
}

export function order(channels: Channels, room: string) {
  return channels.channel('transcripts.make').send({ room });
}
