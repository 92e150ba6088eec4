import { afterEach, describe, expect, it } from '@jest/globals';
import { Residents } from '../../src/connection-life/residents.js';
import { Consumers } from '../../src/consumer.decorator.js';
import { WebsocketConsumer } from '../../src/consumers/websocket-consumer.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

@Consumers({ life: 'connection', path: '/a' })
class Housed extends WebsocketConsumer {}

@Consumers({ path: '/a' })
class Elsewhere extends WebsocketConsumer {}

const open = async (provider: typeof Housed): Promise<unknown> => {
  const { app } = await RunningApp.start({ providers: [provider] });
  return app.get(Residents, { strict: false }).open(() => undefined);
};

describe('Residents', () => {
  it('open a line where consumers live with their connections', async () => {
    expect(await open(Housed)).toBeDefined();
  });

  it('have counted nothing where nobody is', async () => {
    const { app } = await RunningApp.start({ providers: [Elsewhere] });
    const { residents, handled } = app.get(Residents, { strict: false }).statistics();
    expect([residents, handled]).toEqual([0, 0]);
  });

  it('need none where no consumer does', async () => {
    expect(await open(Elsewhere)).toBeUndefined();
  });
});
