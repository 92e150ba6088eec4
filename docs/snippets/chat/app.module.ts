import { Module } from '@nestjs/common';
import { ChannelsModule } from 'nest-channels';
import { AnnouncementsController } from './announcements.controller.js';
import { RoomsConsumers } from './rooms.consumers.js';
import { TranscriptsConsumers } from './transcripts.consumers.js';

@Module({
  imports: [ChannelsModule.forRoot()],
  controllers: [AnnouncementsController],
  providers: [RoomsConsumers, TranscriptsConsumers],
})
export class AppModule {}
