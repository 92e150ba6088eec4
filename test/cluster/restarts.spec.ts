import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestSocket } from '../../libs/channels/test/support/test-socket.js';
import { EchoLoad } from '../support/echo-load.js';
import { Split, type SplitServer } from '../support/split.js';

const SOCKETS = 16;

let split: Split;
let sockets: TestSocket[] = [];

beforeAll(async () => {
  split = await Split.start({ servers: 2 });
});

afterAll(() => split.stop());

afterEach(async () => {
  await Promise.all(sockets.map((socket) => socket.close()));
  sockets = [];
});

async function connect(server: SplitServer, count: number, path = '/ws/echo') {
  const connected = Array.from({ length: count }, () => server.socket(path));
  sockets.push(...connected);
  await Promise.all(connected.map(({ opened }) => opened));
  return connected;
}

const isOpen = ({ webSocket }: TestSocket): boolean => webSocket.readyState === webSocket.OPEN;

const nextJson = async (socket: TestSocket): Promise<unknown> =>
  JSON.parse(String(await socket.next())) as unknown;

describe('restarting all workers one after another, under load', () => {
  it('closes no socket, and loses and repeats nothing', async () => {
    const [server] = split.servers;
    const load = new EchoLoad(await connect(server, SOCKETS));
    load.start();
    expect(await split.restartWorkers()).toEqual([0, 0]);
    load.end();
    await load.answered();
    expect(sockets.every(isOpen)).toBe(true);
    expect([load.missing, load.repeated]).toEqual([0, 0]);
    expect(load.answers).toBeGreaterThan(SOCKETS);
  });

  it('leaves what is sent meanwhile to the next worker, even if there is none for a while', async () => {
    const [echo] = await connect(split.servers[0], 1);
    for (const worker of split.workers.splice(0)) await worker.stop();
    echo.send('is anybody there?');
    await Promise.all([split.addWorker(), split.addWorker()]);
    expect(await echo.next()).toBe('is anybody there?');
  });
});

describe('a worker that is killed', () => {
  it('takes with it what it was handling, closes no socket, and others go on', async () => {
    const connected = await connect(split.servers[0], SOCKETS);
    const load = new EchoLoad(connected);
    load.start();
    const [victim] = split.workers.splice(0, 1);
    expect(await victim.stop('SIGKILL')).toBe('SIGKILL');
    load.end();
    const fresh = await connect(split.servers[0], 1);
    fresh[0].send('others go on');
    expect(await fresh[0].next()).toBe('others go on');
    expect(connected.every(isOpen)).toBe(true);
    await split.addWorker();
  });
});

describe('restarting a server', () => {
  it('closes its sockets with 1012, has others told, and leaves those of others alone', async () => {
    const [first, second] = split.servers;
    const [watcher] = await connect(second, 1, '/ws/rooms/hall?username=ada');
    expect(await nextJson(watcher)).toMatchObject({ notice: 'joined', people: ['ada'] });
    const [guest] = await connect(first, 1, '/ws/rooms/hall?username=bob');
    expect(await nextJson(watcher)).toMatchObject({ notice: 'joined', people: ['ada', 'bob'] });
    const others = await connect(first, SOCKETS);
    const exited = first.stop();
    const closed = await Promise.all([guest, ...others].map((socket) => socket.closed));
    expect(new Set(closed.map(({ code }) => code))).toEqual(new Set([1012]));
    expect(await exited).toBe(0);
    expect(await nextJson(watcher)).toMatchObject({ notice: 'left', people: ['ada'] });
    expect(isOpen(watcher)).toBe(true);
    await first.start();
    const [again] = await connect(first, 1);
    again.send('back');
    expect(await again.next()).toBe('back');
  });
});

describe('a server that is killed', () => {
  it('takes its own sockets with it, and others go on', async () => {
    const [first, second] = split.servers;
    const [lost] = await connect(first, 1);
    const [kept] = await connect(second, 1);
    await first.stop('SIGKILL');
    expect((await lost.closed).code).toBe(1006);
    kept.send('still here');
    expect(await kept.next()).toBe('still here');
    await first.start();
  });
});
