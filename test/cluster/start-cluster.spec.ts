import { afterAll, describe, expect, it } from '@jest/globals';
import { TestSocket } from '../../libs/channels/test/support/test-socket.js';
import { freePort, NodeProcess, stopProcesses } from '../support/process.js';

afterAll(stopProcesses);

const SCRIPT = 'apps/cluster/dist/main.js';

async function start(): Promise<{ cluster: NodeProcess; port: number }> {
  const port = await freePort();
  const cluster = new NodeProcess(SCRIPT, { PORT: String(port), REDIS_URL: '' });
  await cluster.printed(`Open http://localhost:${port}`);
  return { cluster, port };
}

const MEMBERS = ['redis', 'server 1', 'server 2', 'worker 1', 'worker 2'];

/** Reads the process ids of the members from what the cluster printed, by their names. */
function pids({ output }: NodeProcess): Map<string, number> {
  const lines = output.matchAll(/^(\w+(?: \d)?) \| runs as process (\d+)$/gm);
  return new Map([...lines].map(([, name, pid]) => [name, Number(pid)]));
}

async function printedBy(cluster: NodeProcess, name: string, text: string): Promise<void> {
  const line = new RegExp(`^${name} \\| .*${text}`, 'm');
  while (!line.test(cluster.output)) await cluster.printedMore();
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function echo(port: number, text: string): Promise<string> {
  const socket = new TestSocket(`ws://localhost:${port}/ws/echo`);
  await socket.opened;
  socket.send(text);
  const answer = String(await socket.next());
  await socket.close();
  return answer;
}

describe('npm run start:cluster', () => {
  it('runs the demo behind one port, starts again what is killed, and stops as a whole', async () => {
    const { cluster, port } = await start();
    expect((await fetch(`http://localhost:${port}/`)).status).toBe(200);
    for (const text of ['one', 'two', 'three']) expect(await echo(port, text)).toBe(text);
    const before = pids(cluster);
    expect([...before.keys()].toSorted()).toEqual(MEMBERS);
    process.kill(before.get('server 1') as number, 'SIGKILL');
    await cluster.printed('server 1 | ended with SIGKILL');
    for (const text of ['four', 'five']) expect(await echo(port, text)).toBe(text);
    const again = new RegExp(`server 1 \\| runs as process (?!${before.get('server 1')})`);
    while (!again.test(cluster.output)) await cluster.printedMore();
    expect(await cluster.stop('SIGINT')).toBe(0);
    const after = [...before.values(), ...pids(cluster).values()];
    expect(after.filter(isRunning)).toEqual([]);
  });

  it('goes on with open sockets when Redis was killed and is back', async () => {
    const { cluster, port } = await start();
    const socket = new TestSocket(`ws://localhost:${port}/ws/echo`);
    await socket.opened;
    const room = new TestSocket(`ws://localhost:${port}/ws/rooms/lobby?username=ada`);
    expect(await room.next()).toContain('joined');
    process.kill(pids(cluster).get('redis') as number, 'SIGKILL');
    await cluster.printed('redis | ended with SIGKILL');
    const others = MEMBERS.filter((name) => name !== 'redis');
    for (const what of ['is lost', 'was emptied']) {
      for (const name of others) await printedBy(cluster, name, `layer "default" ${what}`);
    }
    socket.send('again');
    expect(await socket.next()).toBe('again');
    // What the demo itself kept in Redis is gone: who was in the room is told to come again.
    room.send('anybody?');
    expect((await room.closed).code).toBe(1012);
    socket.webSocket.terminate();
    expect(await cluster.stop('SIGINT')).toBe(0);
  });

  it('says in one line where to get Redis when there is none', async () => {
    const env = { PORT: String(await freePort()), REDIS_URL: '', REDIS_SERVER_PATH: '/none' };
    const cluster = new NodeProcess(SCRIPT, env);
    expect(await cluster.exited).toBe(1);
    expect(cluster.output).toMatch(/^There is no redis-server: install Redis 7 .*\n$/);
  });
});
