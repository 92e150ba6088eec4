import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Inbox, take, TestRedis } from './support/layers.js';
import { range } from './support/range.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

describe('receiving', () => {
  it('of two processes carries questions and answers', async () => {
    const [server, worker] = [redis.layer(), redis.layer()];
    const answers = new Inbox(server, ['server!']);
    worker.subscribe(['questions'], ({ content }) => {
      void worker.send(String(content['from']), { id: content['id'] });
    });
    for (const id of range(20)) await server.send('questions', { id, from: `server!${id}` });
    await answers.came(20);
    expect(answers.ids).toEqual(range(20));
    expect(answers.messages[3].channels).toEqual(['server!3']);
  });

  it('serves a normal channel beside a mailbox that is never empty', async () => {
    const layer = redis.layer({ prefix: 'beside' });
    for (const id of range(50)) await layer.send('server!a', { id });
    await layer.send('jobs', { id: 'quiet' });
    const came: unknown[] = [];
    for (let round = 0; round < 20; round++) {
      const [{ content }] = await take(layer, ['server!', 'jobs']);
      came.push(content['id']);
    }
    expect(came).toContain('quiet');
  });
});
