import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { listen, type ListeningPlace } from '../src/listening-place.js';
import { leaveStaleSocket } from './support/stale-socket.js';

@Controller()
class Hello {
  @Get()
  hello() {
    return 'hello';
  }
}

@Module({ controllers: [Hello] })
class AppModule {}

const apps: INestApplication[] = [];

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

async function started(place: ListeningPlace): Promise<string> {
  const app = await NestFactory.create(AppModule, { logger: false });
  apps.push(app);
  return listen(app, place);
}

async function hello(where: { port: number; host?: string } | { socketPath: string }) {
  const [response] = await once(get({ ...where, agent: false }), 'response');
  return text(response);
}

const portOf = (place: string): number => Number(/\d+$/.exec(place)?.[0]);

describe('listen', () => {
  it.each([
    ['127.0.0.1', /^http:\/\/127\.0\.0\.1:\d+$/],
    ['::1', /^http:\/\/\[::1\]:\d+$/],
  ])('listens on a port of %s', async (host, expected) => {
    const place = await started({ host, port: 0 });
    expect(place).toMatch(expected);
    expect(await hello({ port: portOf(place), host })).toBe('hello');
  });

  it('listens on all addresses where none is given', async () => {
    const place = await started({ port: 0 });
    expect(await hello({ port: portOf(place), host: '127.0.0.1' })).toBe('hello');
  });

  it('listens on a Unix socket, even if one was left behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nest-channels-socket-'));
    const socketPath = join(folder, 'app.sock');
    leaveStaleSocket(socketPath);
    expect(await started({ unixSocket: socketPath })).toBe(`unix:${socketPath}`);
    expect(await hello({ socketPath })).toBe('hello');
    await apps.pop()?.close();
    rmSync(folder, { recursive: true });
  });

  it('accepts from an inherited socket', async () => {
    const asked: unknown[] = [];
    const app = { listen: async (...args: unknown[]) => void asked.push(args) };
    const place = await listen(app as unknown as INestApplication, { fd: 3 });
    expect([place, asked]).toEqual(['file descriptor 3', [[{ fd: 3 }]]]);
  });
});
