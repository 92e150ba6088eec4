import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestSocket } from '../../libs/channels/test/support/test-socket.js';
import { freePort, NodeProcess, stopProcesses } from '../support/process.js';

/** Is what the background job sends. */
interface Frame {
  readonly job?: { readonly id: string; readonly state: string };
}

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

async function nextJson(from: TestSocket): Promise<unknown> {
  return JSON.parse(String(await from.next()));
}

/** Resolves with the first frame that is meant; those before it are not. */
async function until(from: TestSocket, isMeant: (frame: Frame) => boolean): Promise<Frame> {
  for (;;) {
    const frame = (await nextJson(from)) as Frame;
    if (isMeant(frame)) return frame;
  }
}

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
    ['a room without a name', '/ws/rooms/lobby', {}, 403],
    ['a room with a blank name', '/ws/rooms/lobby?username=%20', {}, 403],
    ['a room with an endless name', `/ws/rooms/lobby?username=${'a'.repeat(41)}`, {}, 403],
    ['an unrouted path', '/ws/other', {}, 404],
    ['a foreign origin', '/ws/echo', { Origin: 'https://evil.example' }, 403],
  ])('refuses %s', async (_what, path, headers, status) => {
    expect((await socket(path, headers).refused).status).toBe(status);
  });
});

describe('the chat of the demo', () => {
  const seat = (room: string, user: string): TestSocket =>
    socket(`/ws/rooms/${encodeURIComponent(room)}?username=${user}`);

  const notice = (room: string, user: string, what: string, people: string[]): object => ({
    room,
    user,
    notice: what,
    present: people.length,
    people,
  });

  it('lets a room talk, whatever its name', async () => {
    const room = 'Käse & Brot';
    const ada = seat(room, 'ada');
    await nextJson(ada);
    const bob = seat(room, 'bob');
    await nextJson(ada);
    await nextJson(bob);
    ada.send('hello');
    const line = { room, user: 'ada', text: 'hello' };
    expect([await nextJson(ada), await nextJson(bob)]).toEqual([line, line]);
    await Promise.all([ada.close(), bob.close()]);
  });

  it('tells who comes and goes, and who is there', async () => {
    const ada = seat('hall', 'ada');
    expect(await nextJson(ada)).toEqual(notice('hall', 'ada', 'joined', ['ada']));
    const bob = seat('hall', 'bob');
    const joined = notice('hall', 'bob', 'joined', ['ada', 'bob']);
    expect([await nextJson(ada), await nextJson(bob)]).toEqual([joined, joined]);
    await bob.close();
    expect(await nextJson(ada)).toEqual(notice('hall', 'bob', 'left', ['ada']));
    await ada.close();
  });

  it('takes two tabs of the same name for one person, who leaves with the last', async () => {
    const ada = seat('loft', 'ada');
    await nextJson(ada);
    const [first, second] = [seat('loft', 'bob'), seat('loft', 'bob')];
    const joined = notice('loft', 'bob', 'joined', ['ada', 'bob']);
    expect([await nextJson(first), await nextJson(second)]).toEqual([joined, joined]);
    expect(await nextJson(ada)).toEqual(joined);
    await first.close();
    second.send('still here');
    expect(await nextJson(ada)).toEqual({ room: 'loft', user: 'bob', text: 'still here' });
    await second.close();
    expect(await nextJson(ada)).toEqual(notice('loft', 'bob', 'left', ['ada']));
    await ada.close();
  });
});

describe('the background job of the demo', () => {
  const order = (body: object): Promise<Response> =>
    fetch(`http://localhost:${port}/archives`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  async function watch(): Promise<TestSocket> {
    const watcher = socket('/archives');
    expect(await nextJson(watcher)).toMatchObject({ type: 'latest' });
    return watcher;
  }

  it('is taken with 202 and tells each step', async () => {
    const watcher = await watch();
    const answer = await order({ days: 2 });
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as { id: string };
    const progress = [await nextJson(watcher), await nextJson(watcher), await nextJson(watcher)];
    expect(progress).toMatchObject([
      { type: 'progress', job: { id, state: 'running', packedDays: 0 } },
      { type: 'progress', job: { id, state: 'running', packedDays: 1 } },
      { type: 'progress', job: { id, state: 'done', packedDays: 2, days: 2 } },
    ]);
    await watcher.close();
  });

  it('shows who comes while it runs how far it is', async () => {
    const watcher = await watch();
    await order({ days: 20 });
    await nextJson(watcher);
    const late = socket('/archives');
    const { jobs } = (await nextJson(late)) as { jobs: object[] };
    expect(jobs[0]).toMatchObject({ state: 'running', days: 20 });
    await until(late, ({ job }) => job?.state === 'done');
    await Promise.all([watcher.close(), late.close()]);
  });

  it('says why it failed, and so does the log', async () => {
    const watcher = await watch();
    const { id } = (await (await order({ days: 3, damagedDay: 2 })).json()) as { id: string };
    const error = 'The log of day 2 is damaged.';
    const failed = await until(watcher, ({ job }) => job?.id === id && job.state !== 'running');
    expect(failed).toMatchObject({ job: { state: 'failed', packedDays: 1, error } });
    await demo.printed(`ArchivesConsumers.pack on archives.pack failed: ${error}`);
    await watcher.close();
  });

  it.each([[{}], [{ days: 0 }], [{ days: 61 }], [{ days: 'many' }]])(
    'answers 400 to %j',
    async (body) => {
      expect((await order(body)).status).toBe(400);
    },
  );
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
