import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Channels, groupName } from 'nest-channels';

@Controller('rooms')
export class AnnouncementsController {
  constructor(private readonly channels: Channels) {}

  @Post(':room/announcements')
  @HttpCode(202)
  async announce(@Param('room') room: string, @Body('text') text: string) {
    await this.channels
      .group(groupName`room-${room}`)
      .send({ text: JSON.stringify({ announced: text }) });
  }
}
