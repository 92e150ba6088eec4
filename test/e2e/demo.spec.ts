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

  it('lets a room talk, whatever its name', async () => {
    const room = 'Käse & Brot/☃';
    const path = `/ws/rooms/${encodeURIComponent('Käse & Brot')}?username=`;
    const [ada, bob] = [socket(`${path}ada`), socket(`${path}bob`)];
    await Promise.all([ada.opened, bob.opened]);
    ada.send('hello');
    const line = JSON.stringify({ room: room.split('/')[0], user: 'ada', text: 'hello' });
    expect([await ada.next(), await bob.next()]).toEqual([line, line]);
    await Promise.all([ada.close(), bob.close()]);
  });

  it.each([
    ['a room without a name', '/ws/rooms/lobby', {}, 403],
    ['a room with a blank name', '/ws/rooms/lobby?username=%20', {}, 403],
    ['an unrouted path', '/ws/other', {}, 404],
    ['a foreign origin', '/ws/echo', { Origin: 'https://evil.example' }, 403],
  ])('refuses %s', async (_what, path, headers, status) => {
    expect((await socket(path, headers).refused).status).toBe(status);
  });

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
