import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestSocket } from '../../libs/channels/test/support/test-socket.js';
import { Split, type SplitServer } from '../support/split.js';

let split: Split;

beforeAll(async () => {
  split = await Split.start({ servers: 2 });
});

afterAll(() => split.stop());

/** Logs in at a server, and returns the cookie that all servers know. */
async function logIn(name: string): Promise<string> {
  const [{ url }] = split.servers;
  const body = new URLSearchParams({ username: name, password: 'demo' });
  const answer = await fetch(`${url}/accounts/login`, { method: 'POST', body });
  return answer.headers.getSetCookie()[0].split(';')[0];
}

async function logOut({ url }: SplitServer, cookie: string): Promise<void> {
  await fetch(`${url}/accounts/logout`, { method: 'POST', headers: { cookie } });
}

/** Opens a socket at each server, as windows of one browser do. */
async function openAtEach(cookie: string): Promise<TestSocket[]> {
  const sockets = split.servers.map(({ url }) => {
    const headers = { cookie, origin: url };
    return new TestSocket(`${url.replace('http', 'ws')}/ws/letters`, { headers });
  });
  await Promise.all(sockets.map(({ opened }) => opened));
  return sockets;
}

// The look at each session every 60 s would come too late for these tests: it is the layer that tells.
describe('a log-out, with two servers and two workers over Redis', () => {
  it('closes the sockets of the session at every server, wherever it happens', async () => {
    for (const server of split.servers) {
      const cookie = await logIn('Ada');
      const sockets = await openAtEach(cookie);
      await logOut(server, cookie);
      for (const { closed } of sockets) expect(await closed).toMatchObject({ code: 4401 });
    }
  });

  it('leaves the sockets of another session of the same person open', async () => {
    const [phone, desk] = [await logIn('Ada'), await logIn('Ada')];
    const [left, stayed] = [await openAtEach(phone), await openAtEach(desk)];
    await logOut(split.servers[1], phone);
    for (const { closed } of left) expect(await closed).toMatchObject({ code: 4401 });
    for (const socket of stayed) {
      socket.send('still here');
      let line = '';
      while (!line.includes('still here')) line = String(await socket.next());
      await socket.close();
    }
  });
});
