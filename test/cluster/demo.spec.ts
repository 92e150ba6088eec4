import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestSocket } from '../../libs/channels/test/support/test-socket.js';
import { Split } from '../support/split.js';

let split: Split;
let sockets: TestSocket[] = [];

beforeAll(async () => {
  const channels = ['websocket.*', 'archives.*'];
  const workers = channels.map((glob) => ['--only-channels', glob, '--concurrency', '8']);
  split = await Split.start({ servers: 2, workers });
});

afterAll(() => split.stop());

afterEach(async () => {
  await Promise.all(sockets.map((socket) => socket.close()));
  sockets = [];
});

/** Connects to both servers. */
function connect(path: string, ...queries: string[]): TestSocket[] {
  sockets = split.servers.map((server, index) => server.socket(path + (queries[index] ?? '')));
  return sockets;
}

async function until(socket: TestSocket, part: string): Promise<unknown> {
  for (;;) {
    const frame = String(await socket.next());
    if (frame.includes(part)) return JSON.parse(frame) as unknown;
  }
}

async function post(server: number, path: string, body: object): Promise<{ id: number }> {
  const answer = await fetch(split.servers[server].url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as { id: number };
}

describe('the demo in several processes', () => {
  it('serves its page on each server', async () => {
    const pages = await Promise.all(split.servers.map(({ url }) => fetch(url)));
    for (const page of pages) expect(await page.text()).toContain('<!doctype html>');
  });

  it('shows readers of all servers what one of them was sent, and who comes later too', async () => {
    const readers = connect('/liveblog');
    await Promise.all(readers.map((reader) => until(reader, '"count":2')));
    const { id } = await post(0, '/liveblog/posts', { text: 'Doors are open.' });
    const saved = { type: 'saved', post: { id, text: 'Doors are open.' } };
    for (const reader of readers) expect(await until(reader, 'saved')).toMatchObject(saved);
    const next = await post(1, '/liveblog/posts', { text: 'They are playing.' });
    expect(next.id).toBe(id + 1);
    const [, late] = connect('/liveblog');
    const { posts } = (await until(late, 'latest')) as { posts: object[] };
    expect(posts).toMatchObject([{ id: next.id }, { id }]);
    await Promise.all(readers.map((reader) => reader.close()));
  });

  it('lets people talk whose sockets are on different servers', async () => {
    const [ada, bob] = connect('/ws/rooms/hall', '?username=ada', '?username=bob');
    const both = '"present":2';
    expect(await until(ada, both)).toEqual(await until(bob, both));
    ada.send('hello');
    expect(await until(bob, 'hello')).toEqual({ room: 'hall', user: 'ada', text: 'hello' });
    await bob.close();
    expect(await until(ada, 'left')).toMatchObject({ user: 'bob', people: ['ada'] });
  });

  it('packs in the worker that reads the channel, and shows it everywhere', async () => {
    const watchers = connect('/archives');
    for (const watcher of watchers) await until(watcher, 'latest');
    const { id } = await post(1, '/archives', { days: 3, damagedDay: 2 });
    for (const watcher of watchers) {
      expect(await until(watcher, 'failed')).toMatchObject({ job: { id, packedDays: 1 } });
    }
    const line = 'ArchivesConsumers.pack on archives.pack failed';
    await split.workers[1].printed(line);
    expect(split.workers[0].output).not.toContain(line);
  });
});
