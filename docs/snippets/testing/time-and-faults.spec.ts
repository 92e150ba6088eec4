import { expect, it } from '@jest/globals';
import { createChannelsCluster, createChannelsTest } from '@nest-channels/testing';
import { AppModule } from '../chat/app.module.js';

// #region time
it('a connection that gets old is closed, and nobody waits for it', async () => {
  const test = await createChannelsTest({
    imports: [AppModule],
    options: { server: { maxAgeMs: 60_000 } },
  });
  const socket = test.webSocket('/rooms/lobby?name=ada');
  await socket.connect();
  await test.advance(61_000);
  expect(await socket.closed()).toMatchObject({ code: 1012 });
  await test.close();
});
// #endregion

// #region faults
it('somebody who comes while the layer is away is refused in time', async () => {
  const test = await createChannelsTest({ imports: [AppModule], logger: false });
  test.faults.down();
  const connecting = test.webSocket('/rooms/lobby?name=ada').connect();
  await test.advance(5_000);
  expect(await connecting).toMatchObject({ accepted: false, status: 503 });
  test.faults.up();
  await test.advance(1_000);
  expect(await test.webSocket('/rooms/lobby?name=ada').connect()).toEqual({ accepted: true });
  await test.close();
});
// #endregion

// #region seed
it('half of what is sent is lost, and always the same half', async () => {
  const faults = { seed: 7, dropRate: 0.5 };
  const test = await createChannelsTest({ imports: [AppModule], faults });
  for (let room = 0; room < 100; room++) {
    await test.channels.channel('transcripts.make').send({ room: `room ${room}` });
  }
  await test.drain();
  const { resilience, ...others } = test.layer().statistics().dropped;
  expect(resilience).toBeGreaterThan(30);
  expect(Object.values(others)).toEqual([0, 0, 0]);
  await test.close();
});
// #endregion

// #region cluster
it('two servers and three workers carry a room', async () => {
  const cluster = await createChannelsCluster({ imports: [AppModule], servers: 2, workers: 3 });
  const [ada, bob] = ['ada', 'bob'].map((name) => cluster.webSocket(`/rooms/lobby?name=${name}`));
  await ada.connect();
  await cluster.workers[0].stop(); // sockets do not notice
  await bob.connect();
  expect(await ada.receiveJson()).toEqual({ joined: 'ada' });
  expect(await ada.receiveJson()).toEqual({ joined: 'bob' });
  await cluster.close();
});
// #endregion
