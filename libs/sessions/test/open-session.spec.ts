import { describe, expect, it } from '@jest/globals';
import { OpenSession } from '../src/open-session.js';

describe('an open session', () => {
  it('holds what the record does, without its cookie', () => {
    const session = new OpenSession('id', { cookie: {}, theme: 'dark' });
    expect(session.data).toEqual({ theme: 'dark' });
    expect(session.isStored).toBe(true);
    expect(session.changes().size).toBe(0);
  });

  it('knows what has changed since it was opened or saved', () => {
    const session = new OpenSession('id');
    expect(session.isStored).toBe(false);
    session.data['list'] = [1];
    expect([...session.changes()]).toEqual([['list', '[1]']]);
    session.saved();
    expect(session.isStored).toBe(true);
    (session.data['list'] as number[]).push(2);
    expect([...session.changes()]).toEqual([['list', '[1,2]']]);
  });
});
