import { Module } from '@nestjs/common';
import { ChannelsModule } from 'nest-channels';
import { EchoConsumers } from './echo.consumers.js';

@Module({ imports: [ChannelsModule.forRoot()], providers: [EchoConsumers] })
export class AppModule {}
