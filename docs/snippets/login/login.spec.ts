import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type ChannelsTest, createChannelsTest } from '@nest-channels/testing';
import { accounts, secret, store, useAccounts } from './accounts.js';
import { AppModule } from './app.module.js';

let test: ChannelsTest;

beforeEach(async () => {
  test = await createChannelsTest({
    imports: [AppModule],
    prepare: useAccounts,
    sessions: { store, secret, passport: accounts },
  });
});
afterEach(() => test.close());

it('who is logged in is known by name', async () => {
  const ada = test.visitor();
  expect(await ada.login('/login', { name: 'ada', password: 'open sesame' })).toBe(true);
  const socket = ada.webSocket('/rooms/lobby');
  expect(await socket.connect()).toEqual({ accepted: true });
  await socket.sendJson({ text: 'hi' });
  expect(await socket.receiveJson()).toEqual({ name: 'ada', text: 'hi' });
});

it('who is not is refused before the handshake', async () => {
  const eve = test.visitor();
  expect(await eve.login('/login', { name: 'eve', password: 'a guess' })).toBe(false);
  expect(await eve.webSocket('/rooms/lobby').connect()).toMatchObject({ status: 401 });
});

it('who logs out is heard no more', async () => {
  const bob = test.visitor();
  await bob.forceLogin({ name: 'bob' });
  const socket = bob.webSocket('/rooms/lobby');
  await socket.connect();
  await bob.fetch('/login', { method: 'DELETE' });
  expect(await socket.closed()).toMatchObject({ code: 4401 });
});
