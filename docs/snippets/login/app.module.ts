import { Module } from '@nestjs/common';
import { SessionsModule } from '@nest-channels/sessions';
import { ChannelsModule } from 'nest-channels';
import { accounts, secret, store } from './accounts.js';
import { LoginController } from './login.controller.js';
import { RoomsConsumers } from './rooms.consumers.js';

@Module({
  imports: [
    ChannelsModule.forRoot(),
    SessionsModule.forRoot({ store, secret, passport: accounts }),
  ],
  controllers: [LoginController],
  providers: [RoomsConsumers],
})
export class AppModule {}
