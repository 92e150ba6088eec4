import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AllowedHostsOnly,
  Consumer,
  Consumers,
  InvalidConfiguration,
  type Message,
  WebsocketConsumer,
} from 'nest-channels';
import { RunningApp, stopApps } from '../support/running-app.js';

const reached: string[] = [];

class Doors {
  @AllowedHostsOnly()
  @Consumer('websocket.connect', { path: '/module' })
  byModule(message: Message) {
    return message.accept();
  }

  @AllowedHostsOnly('other.example')
  @Consumer('websocket.connect', { path: '/own' })
  byItself(message: Message) {
    return message.accept();
  }
}

@AllowedHostsOnly('.example.org')
@Consumers({ path: '/class' })
class Room extends WebsocketConsumer {
  override connect() {
    reached.push('connect');
    return this.accept();
  }
}

beforeEach(() => void reached.splice(0));
afterEach(stopApps);

function start(): Promise<RunningApp> {
  const options = { server: { allowedOrigins: '*' }, allowedHosts: ['app.example'] } as const;
  return RunningApp.start({ options, providers: [Doors, Room] });
}

describe('@AllowedHostsOnly', () => {
  it.each([
    ['/module', 'https://app.example'],
    ['/own', 'https://other.example'],
    ['/class', 'https://www.example.org'],
  ])('opens %s to %s', async (path, origin) => {
    const app = await start();
    const socket = await app.open(path, { headers: { origin } });
    await socket.close();
  });

  it.each([
    ['/module', 'https://other.example'],
    ['/own', 'https://app.example'],
    ['/class', 'https://example.com'],
    ['/module', 'null'],
    ['/module', undefined],
  ])('answers %s from %s with 403', async (path, origin) => {
    const app = await start();
    const socket = app.socket(path, origin === undefined ? {} : { headers: { origin } });
    expect(await socket.refused).toMatchObject({ status: 403 });
    expect(reached).toEqual([]);
    expect(app.logs.messages('error')).toEqual([]);
  });

  it('refuses an entry that is no host', () => {
    expect(() => AllowedHostsOnly('*.app.example')).toThrow(InvalidConfiguration);
  });

  it('is refused at boot with a list of the module that has one', async () => {
    const options = { allowedHosts: ['app.example', '*.app.example'] };
    await expect(RunningApp.start({ options })).rejects.toThrow(
      /allowedHosts: expected a host like/,
    );
  });
});
