import { randomUUID } from 'node:crypto';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Channels } from 'nest-channels';
import { ArchiveOrder } from './archive-order.js';

/** Takes orders and answers at once; a worker does the work, in this process or in another. */
@Controller('archives')
export class ArchivesController {
  constructor(private readonly channels: Channels) {}

  @Post()
  @HttpCode(202)
  async order(@Body() { days, damagedDay }: ArchiveOrder): Promise<{ id: string }> {
    const id = randomUUID();
    await this.channels.channel('archives.pack').send({ id, days, damagedDay });
    return { id };
  }
}
