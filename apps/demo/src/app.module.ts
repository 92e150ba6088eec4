import { Module } from '@nestjs/common';
import { ChannelsModule } from 'nest-channels';
import { ChatConsumers } from './chat.consumers.js';
import { EchoConsumers } from './echo.consumers.js';
import { HealthController } from './health.controller.js';

/** Is the demo: echo and chat rooms, with the page that shows them. */
@Module({
  imports: [ChannelsModule.forRoot()],
  controllers: [HealthController],
  providers: [EchoConsumers, ChatConsumers],
})
export class AppModule {}
