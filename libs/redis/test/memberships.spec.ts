import { describe, expect, it } from '@jest/globals';
import { type Joined, Memberships } from '../src/memberships.js';

/** Is what Redis knows, with the questions it was asked. */
function redisWith(members: Readonly<Record<string, number>>, version: number) {
  const asked: number[] = [];
  const state = { members: new Map(Object.entries(members)), version };
  const ask = (_prefix: string, _group: string, since: number): Promise<Joined> => {
    asked.push(since);
    const joined = Array.from(state.members).filter(([, at]) => at > since);
    return Promise.resolve({ version: state.version, count: state.members.size, members: joined });
  };
  return { memberships: new Memberships(ask), asked, state };
}

describe('memberships', () => {
  it('are asked for once, and then known', async () => {
    const { memberships, asked } = redisWith({ 's!a': 1, 's!b': 2 }, 2);
    expect(await memberships.at('s!', 'room', 2)).toEqual(['s!a', 's!b']);
    expect(await memberships.at('s!', 'room', 2)).toEqual(['s!a', 's!b']);
    expect(asked).toEqual([0]);
  });

  it('leave out who joined after a message was sent', async () => {
    const { memberships } = redisWith({ 's!a': 1, 's!late': 2 }, 2);
    expect(await memberships.at('s!', 'room', 1)).toEqual(['s!a']);
  });

  it('are asked only for what is new', async () => {
    const { memberships, asked, state } = redisWith({ 's!a': 1 }, 1);
    await memberships.at('s!', 'room', 1);
    state.members.set('s!b', 2);
    state.version = 2;
    expect(await memberships.at('s!', 'room', 2)).toEqual(['s!a', 's!b']);
    expect(asked).toEqual([0, 1]);
  });

  it('are loaded anew when somebody else took a member out', async () => {
    const { memberships, state } = redisWith({ 's!a': 1, 's!b': 2 }, 2);
    await memberships.at('s!', 'room', 2);
    state.members.delete('s!a');
    state.version = 3;
    expect(await memberships.at('s!', 'room', 3)).toEqual(['s!b']);
  });

  it('need no question after own changes, if there were no others', async () => {
    const { memberships, asked } = redisWith({}, 0);
    memberships.keep('s!');
    memberships.joined('s!', 'room', 's!a', [0, 1]);
    memberships.joined('s!', 'room', 's!b', [1, 2]);
    memberships.left('s!', 'room', 's!a', [2, 3]);
    expect(await memberships.at('s!', 'room', 3)).toEqual(['s!b']);
    expect(asked).toEqual([]);
    expect(memberships.of('s!')).toEqual([['room', ['s!b']]]);
  });

  it('do not believe own changes that others came before', async () => {
    const { memberships, asked } = redisWith({ 's!a': 1, 's!b': 2 }, 2);
    memberships.keep('s!');
    memberships.joined('s!', 'room', 's!b', [1, 2]);
    expect(await memberships.at('s!', 'room', 2)).toEqual(['s!a', 's!b']);
    expect(asked).toEqual([0]);
  });
});
