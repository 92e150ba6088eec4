import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ChannelsTest,
  createChannelsTest,
  type WebSocketCommunicator,
} from '@nest-channels/testing';
import { AppModule } from 'demo-app';

let test: ChannelsTest;

beforeEach(async () => {
  test = await createChannelsTest({ imports: [AppModule], logger: false });
});
afterEach(() => test.close());

async function seat(room: string, user: string): Promise<WebSocketCommunicator> {
  const socket = test.webSocket(`/ws/rooms/${encodeURIComponent(room)}?username=${user}`);
  expect(await socket.connect()).toEqual({ accepted: true });
  return socket;
}

const heardBy = (...seats: WebSocketCommunicator[]): Promise<unknown[]> =>
  Promise.all(seats.map((each) => each.receiveJson()));

function notice(room: string, user: string, what: string, people: string[]): object {
  return { room, user, notice: what, present: people.length, people };
}

describe('the chat of the demo', () => {
  it('lets a room talk, whatever its name', async () => {
    const room = 'Käse & Brot';
    const ada = await seat(room, 'ada');
    const bob = await seat(room, 'bob');
    await ada.receive();
    await heardBy(ada, bob);
    await ada.send('hello');
    const line = { room, user: 'ada', text: 'hello' };
    expect(await heardBy(ada, bob)).toEqual([line, line]);
  });

  it('tells who comes and goes, and who is there', async () => {
    const ada = await seat('hall', 'ada');
    expect(await ada.receiveJson()).toEqual(notice('hall', 'ada', 'joined', ['ada']));
    const bob = await seat('hall', 'bob');
    const joined = notice('hall', 'bob', 'joined', ['ada', 'bob']);
    expect(await heardBy(ada, bob)).toEqual([joined, joined]);
    await bob.disconnect();
    expect(await ada.receiveJson()).toEqual(notice('hall', 'bob', 'left', ['ada']));
    await ada.receiveNothing();
  });

  it('takes two tabs of the same name for one person, who leaves with the last', async () => {
    const ada = await seat('loft', 'ada');
    await ada.receive();
    const [first, second] = [await seat('loft', 'bob'), await seat('loft', 'bob')];
    const joined = notice('loft', 'bob', 'joined', ['ada', 'bob']);
    expect(await heardBy(ada, first, second)).toEqual([joined, joined, joined]);
    await first.disconnect();
    await ada.receiveNothing();
    await second.disconnect();
    expect(await ada.receiveJson()).toEqual(notice('loft', 'bob', 'left', ['ada']));
  });

  it.each([
    ['no name', ''],
    ['a blank name', '?username=%20'],
    ['an endless name', `?username=${'a'.repeat(41)}`],
  ])('refuses %s', async (_what, query) => {
    const refused = await test.webSocket(`/ws/rooms/lobby${query}`).connect();
    expect(refused).toMatchObject({ accepted: false, status: 403 });
  });
});
