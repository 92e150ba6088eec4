import { Module, ValidationPipe } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { ChannelsModule } from 'nest-channels';
import { ArchiveJobs } from './archives/archive-jobs.js';
import { ArchivesConsumers } from './archives/archives.consumers.js';
import { ArchivesController } from './archives/archives.controller.js';
import { ChatConsumers } from './chat/chat.consumers.js';
import { Rooms } from './chat/rooms.js';
import { EchoConsumers } from './echo.consumers.js';
import { HealthController } from './health.controller.js';
import { BlogPosts } from './liveblog/blog-posts.js';
import { LiveblogConsumers } from './liveblog/liveblog.consumers.js';
import { LiveblogController } from './liveblog/liveblog.controller.js';

/** Is the demo: liveblog, background job, chat rooms and echo, a panel of the page each. */
@Module({
  imports: [ChannelsModule.forRoot({ server: { accessLog: 'text' } })],
  controllers: [HealthController, LiveblogController, ArchivesController],
  providers: [
    EchoConsumers,
    ChatConsumers,
    Rooms,
    LiveblogConsumers,
    BlogPosts,
    ArchivesConsumers,
    ArchiveJobs,
    // Checks what controllers and consumers are given.
    {
      provide: APP_PIPE,
      useFactory: () => new ValidationPipe({ whitelist: true, stopAtFirstError: true }),
    },
  ],
})
export class AppModule {}
