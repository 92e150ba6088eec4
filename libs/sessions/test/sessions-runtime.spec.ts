import { afterEach, describe, expect, it } from '@jest/globals';
import { SessionsApp, stopSessionsApps } from './support/sessions-app.js';

afterEach(stopSessionsApps);

describe('an application with sessions', () => {
  it('does not start with options that cannot work', async () => {
    const sessions = { secret: '', storeTimeoutMs: 0 };
    await expect(SessionsApp.start({ consumers: [], sessions })).rejects.toMatchObject({
      code: 'CHANNELS_CONFIG_INVALID',
      problems: [
        'sessions.secret: expected 1 characters or more',
        'sessions.storeTimeoutMs: expected a number over 0, got 0',
      ],
    });
  });

  it('hears nothing of its store any more when it has stopped', async () => {
    const app = await SessionsApp.start({ consumers: [] });
    await app.browser('ada');
    await app.stop();
    const [id] = await app.store.ids();
    await new Promise((resolve) => {
      app.store.destroy(id, resolve);
    });
    expect(app.lines.filter((line) => line.includes('could not be closed'))).toEqual([]);
  });
});
