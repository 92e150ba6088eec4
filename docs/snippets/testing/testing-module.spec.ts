import { expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { ChannelsTest, ChannelsTestingModule } from '@nest-channels/testing';
import { AppModule } from '../chat/app.module.js';

// #region module
it('an application of Nest’s own testing module is led the same way', async () => {
  const module = await Test.createTestingModule({
    imports: [ChannelsTestingModule.forRoot(), AppModule],
  }).compile();
  const test = await ChannelsTest.of(module.createNestApplication());
  const socket = test.webSocket('/rooms/lobby?name=ada');
  expect(await socket.connect()).toEqual({ accepted: true });
  await test.close(); // and the application with it
});
// #endregion
