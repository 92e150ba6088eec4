import { Module, ValidationPipe } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { redisLayer } from '@nest-channels/redis';
import { ChannelsModule } from 'nest-channels';
import { AccountsModule } from './accounts/accounts.module.js';
import { ArchiveJobs } from './archives/archive-jobs.js';
import { ArchivesConsumers } from './archives/archives.consumers.js';
import { ArchivesController } from './archives/archives.controller.js';
import { ChatConsumers } from './chat/chat.consumers.js';
import { Rooms } from './chat/rooms.js';
import { EchoConsumers } from './echo.consumers.js';
import { HealthController } from './health.controller.js';
import { LettersConsumers } from './letters/letters.consumers.js';
import { BlogPosts } from './liveblog/blog-posts.js';
import { LiveblogConsumers } from './liveblog/liveblog.consumers.js';
import { LiveblogController } from './liveblog/liveblog.controller.js';
import { MemoryMaps } from './shared/memory-maps.js';
import { RedisMaps } from './shared/redis-maps.js';
import { SharedMaps } from './shared/shared-map.js';

/** Says where Redis is when the demo is to run in several processes. */
const redisUrl = process.env['REDIS_URL'];

/**
 * Is the demo: liveblog, background job, chat rooms and echo, a panel of the page each, and a page
 * of its own for people who log in.
 *
 * With `REDIS_URL` it can run in several processes; without, it needs nothing but its own.
 */
@Module({
  imports: [
    ChannelsModule.forRoot({
      layers: redisUrl ? { default: () => redisLayer({ url: redisUrl }) } : undefined,
      server: { accessLog: 'text' },
      client: { path: '/channels.js' },
    }),
    AccountsModule,
  ],
  controllers: [HealthController, LiveblogController, ArchivesController],
  providers: [
    EchoConsumers,
    ChatConsumers,
    Rooms,
    LiveblogConsumers,
    BlogPosts,
    ArchivesConsumers,
    ArchiveJobs,
    LettersConsumers,
    {
      provide: SharedMaps,
      useFactory: () => (redisUrl ? new RedisMaps(redisUrl) : new MemoryMaps()),
    },
    // Checks what controllers and consumers are given.
    {
      provide: APP_PIPE,
      useFactory: () => new ValidationPipe({ whitelist: true, stopAtFirstError: true }),
    },
  ],
})
export class AppModule {}
