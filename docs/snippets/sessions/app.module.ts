import { Module } from '@nestjs/common';
import { SessionsModule } from '@nest-channels/sessions';
import session from 'express-session';
import { ChannelsModule } from 'nest-channels';
import { JwtStrategy } from './socket-jwt.guard.js';
import { Whispers } from './whispers.consumers.js';

// In production a store that lasts and that all processes share, and a secret nobody knows.
export const store = new session.MemoryStore();
export const secret = process.env['SESSION_SECRET'] ?? 'only for this example';

@Module({
  imports: [ChannelsModule.forRoot(), SessionsModule.forRoot({ store, secret })],
  providers: [JwtStrategy, Whispers],
})
export class AppModule {}
