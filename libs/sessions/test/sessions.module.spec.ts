import { describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import session from 'express-session';
import { Revocation, SessionsModule } from '@nest-channels/sessions';
import { ChannelsModule } from 'nest-channels';

describe('SessionsModule', () => {
  it('takes its options from a factory, and its parts can be injected anywhere', async () => {
    const store = new session.MemoryStore();
    const useFactory = () => Promise.resolve({ store, secret: 'a secret' });
    @Module({ imports: [ChannelsModule.forRoot(), SessionsModule.forRootAsync({ useFactory })] })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    await expect(app.get(Revocation).user('nobody')).resolves.toBeUndefined();
    await app.close();
  });
});
