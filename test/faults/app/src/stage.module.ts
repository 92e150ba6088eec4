import { Module } from '@nestjs/common';
import { redisLayer } from '@nest-channels/redis';
import { ChannelsModule } from 'nest-channels';
import { layerOptions } from './layer-options.js';
import { RoomsConsumers } from './rooms.consumers.js';
import { TasksConsumers } from './tasks.consumers.js';
import { VisitsController } from './visits.controller.js';

/** Is the application that is put through faults: rooms, tasks, and a page to visit. */
@Module({
  imports: [ChannelsModule.forRoot({ layers: { default: () => redisLayer(layerOptions()) } })],
  controllers: [VisitsController],
  providers: [RoomsConsumers, TasksConsumers],
})
export class StageModule {}
