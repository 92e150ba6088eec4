import { Module } from '@nestjs/common';
import { ChannelsModule, memoryLayer } from 'nest-channels';
import { redisLayer } from '@nest-channels/redis';
import { RoomsConsumers } from '../chat/rooms.consumers.js';

const url = process.env.REDIS_URL;

@Module({
  imports: [
    ChannelsModule.forRoot({
      layers: { default: url ? () => redisLayer({ url }) : memoryLayer },
      server: { allowedOrigins: ['https://chat.example'], trustedProxies: ['10.0.0.0/8'] },
    }),
  ],
  providers: [RoomsConsumers],
})
export class AppModule {}
