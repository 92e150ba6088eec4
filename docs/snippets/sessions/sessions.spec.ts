import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Revocation } from '@nest-channels/sessions';
import jwt from 'jsonwebtoken';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { AppModule } from './app.module.js';

let app: INestApplication;

beforeAll(async () => {
  app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
});

afterAll(() => app.close());

const tokenOf = (secret: string): string => jwt.sign({ sub: 'id-1', name: 'ada' }, secret);

async function open(token?: string): Promise<WebSocket | number> {
  const url = (await app.getUrl()).replace('http', 'ws') + '/whispers';
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
  });
}

describe('a token in the handshake', () => {
  it('says who comes, and who is revoked', async () => {
    const socket = (await open(tokenOf('only for this example'))) as WebSocket;
    socket.send('psst');
    const [frame] = (await once(socket, 'message')) as [Buffer];
    expect(frame.toString()).toBe('not a word, ada');
    const closed = once(socket, 'close');
    await app.get(Revocation).user('id-1');
    expect((await closed)[0]).toBe(4401);
  });

  it.each([
    ['none', undefined],
    ['garbage', 'garbage'],
    ['of somebody else', tokenOf('a guess')],
  ])('lets nobody in when it is %s: 401', async (_what, token) => {
    expect(await open(token)).toBe(401);
  });
});
