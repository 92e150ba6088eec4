import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestSocket } from '../../libs/channels/test/support/test-socket.js';
import { freePort, NodeProcess, stopProcesses } from '../support/process.js';

let demo: NodeProcess;
let port: number;

beforeAll(async () => {
  port = await freePort();
  demo = new NodeProcess('apps/demo/dist/main.js', { PORT: String(port) });
  await demo.printed(`Open http://localhost:${port}`);
});

afterAll(stopProcesses);

const socket = (path: string, headers: Record<string, string> = {}): TestSocket =>
  new TestSocket(`ws://localhost:${port}${path}`, { headers });

const get = (path: string): Promise<Response> => fetch(`http://localhost:${port}${path}`);

describe('the demo', () => {
  it('serves its page, its health and its readiness', async () => {
    const page = await get('/');
    expect(await page.text()).toContain('<!doctype html>');
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
    expect(await (await get('/readyz')).json()).toEqual({ status: 'ready' });
  });

  it('echoes text and binary frames, empty ones too', async () => {
    const echo = socket('/ws/echo');
    await echo.opened;
    const frames = ['text', '', Buffer.from([1, 2, 3]), Buffer.alloc(0)];
    for (const frame of frames) echo.send(frame);
    expect(await echo.take(4)).toEqual(frames);
    await echo.close();
  });

  it.each([
    ['an unrouted path', '/ws/other', {}, 404],
    ['a foreign origin', '/ws/echo', { Origin: 'https://evil.example' }, 403],
  ])('refuses %s', async (_what, path, headers, status) => {
    expect((await socket(path, headers).refused).status).toBe(status);
  });
});

describe('the end of the demo', () => {
  it('closes its sockets with 1012 and exits with 0 on SIGTERM', async () => {
    const echo = socket('/ws/echo');
    await echo.opened;
    const exited = demo.stop();
    expect((await echo.closed).code).toBe(1012);
    expect(await exited).toBe(0);
  });
});

describe('server and worker on the memory layer', () => {
  it.each(['server', 'worker'])('%s refuses to start and says why', async (role) => {
    const refused = new NodeProcess(`apps/${role}/dist/main.js`);
    expect(await refused.exited).toBe(1);
    expect(refused.output).toContain(`A ${role} process cannot run on the "memory" layer`);
    expect(refused.output).not.toContain('    at ');
  });
});
