import { Module } from '@nestjs/common';
import { ChannelsModule } from 'nest-channels';
import { Chat, Clock, Live } from '../classes/live.js';

@Module({
  imports: [ChannelsModule.forRoot({ client: { path: '/channels.js' } })],
  providers: [Live, Chat, Clock],
})
export class AppModule {}
