import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

@Controller()
class Pages {
  @Get('taken.js')
  taken() {
    return 'from a controller';
  }
}

interface ScriptRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const PATH = '/static/channels.js';

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('the script of the client on %s', (_name, adapter) => {
  const start = (path: string | undefined): Promise<RunningApp> =>
    RunningApp.start({
      adapter,
      controllers: [Pages],
      prepare: (app) => app.setGlobalPrefix('api'),
      options: { client: path === undefined ? undefined : { path } },
    });

  const request = (app: RunningApp, path: string, init: ScriptRequest = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${app.port}${path}`, {
      ...init,
      headers: { connection: 'close', ...init.headers },
    });

  it('is served at its path, and makes the global of a page', async () => {
    const response = await request(await start(PATH), PATH);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const page = { channels: undefined as unknown };
    runInNewContext(await response.text(), Object.assign(page, { EventTarget, Event }));
    expect(page.channels).toMatchObject({ WebSocketBridge: expect.any(Function) });
  });

  it('is not sent again to who has it', async () => {
    const app = await start(PATH);
    const first = await request(app, PATH);
    await first.text();
    const etag = first.headers.get('etag') as string;
    const second = await request(app, PATH, { headers: { 'if-none-match': etag } });
    expect([second.status, await second.text()]).toEqual([304, '']);
    expect(second.headers.get('etag')).toBe(etag);
    const other = await request(app, PATH, { headers: { 'if-none-match': '"other"' } });
    expect([other.status, await other.text()]).toEqual([200, expect.stringContaining('channels')]);
  });

  it('answers HEAD without the text', async () => {
    const response = await request(await start(PATH), PATH, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(1_000);
  });

  it('is served to nobody unless it is asked for', async () => {
    const response = await request(await start(undefined), '/channels.js');
    expect(response.status).toBe(404);
    await response.text();
  });

  it('knows no global prefix, which controllers have', async () => {
    const app = await start('/taken.js');
    expect(await (await request(app, '/api/taken.js')).text()).toBe('from a controller');
    expect(await (await request(app, '/taken.js')).text()).toContain('channels');
  });
});

describe('a path that cannot be served', () => {
  it('stops the boot with a code', async () => {
    await expect(
      RunningApp.start({ options: { client: { path: '/:any' } } }),
    ).rejects.toMatchObject({
      code: 'CHANNELS_CONFIG_INVALID',
      problems: ['client.path: expected a path such as /channels.js, got "/:any"'],
    });
  });
});
