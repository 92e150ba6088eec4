import { expect, it } from '@jest/globals';
import { createChannelsCluster } from '@nest-channels/testing';
import { AppModule } from './app.module.js';

it('a room spans servers, and lives through a change of workers', async () => {
  const cluster = await createChannelsCluster({ imports: [AppModule], servers: 2 });
  const [ada, bob] = ['ada', 'bob'].map((name) => cluster.webSocket(`/rooms/lobby?name=${name}`));
  for (const socket of [ada, bob]) expect(await socket.connect()).toEqual({ accepted: true });
  await cluster.workers[0].stop();
  await bob.sendJson({ text: 'anybody there?' });
  await cluster.startWorker();
  await cluster.idle();
  const heard = [await ada.receiveJson(), await ada.receiveJson(), await ada.receiveJson()];
  expect(heard).toEqual([{ joined: 'ada' }, { joined: 'bob' }, { text: 'anybody there?' }]);
  await cluster.close();
});
