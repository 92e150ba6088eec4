import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChannelsTest, createChannelsTest } from '@nest-channels/testing';
import { AppModule } from 'demo-app';

interface Post {
  readonly id: number;
  readonly text: string;
}

describe('the liveblog of the demo', () => {
  let test: ChannelsTest;

  beforeEach(async () => {
    test = await createChannelsTest({ imports: [AppModule], logger: false });
  });
  afterEach(() => test.close());

  const write = (method: string, path: string, body?: unknown): Promise<Response> =>
    test.fetch(`/liveblog/posts${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  async function publish(text: string): Promise<Post> {
    const answer = await write('POST', '', { text });
    expect(answer.status).toBe(201);
    return (await answer.json()) as Post;
  }

  /** Opens a reader and takes what it is told of posts and readers at first. */
  async function read() {
    const reader = test.webSocket('/liveblog');
    await reader.connect();
    const { posts } = await reader.receiveJson<{ posts: Post[] }>();
    await reader.receiveJson();
    return { reader, posts };
  }

  it('shows all readers what an ordinary controller was sent', async () => {
    const { reader: one } = await read();
    const { reader: other } = await read();
    expect(await one.receiveJson()).toEqual({ type: 'readers', count: 2 });
    const post = await publish('Doors are open.');
    expect(post).toMatchObject({ text: 'Doors are open.' });
    for (const reader of [one, other]) {
      expect(await reader.receiveJson()).toEqual({ type: 'saved', post });
    }
    await other.disconnect();
    expect(await one.receiveJson()).toEqual({ type: 'readers', count: 1 });
    await one.receiveNothing();
  });

  it('shows changes and deletions too', async () => {
    const { id } = await publish('draft');
    const { reader } = await read();
    const edited: unknown = await (await write('PUT', `/${id}`, { text: 'final' })).json();
    expect(edited).toMatchObject({ id, text: 'final' });
    expect(await reader.receiveJson()).toEqual({ type: 'saved', post: edited });
    expect((await write('DELETE', `/${id}`)).status).toBe(204);
    expect(await reader.receiveJson()).toEqual({ type: 'deleted', id });
  });

  it('gives a new reader the newest 100 posts, newest first', async () => {
    const ids: number[] = [];
    for (let count = 0; count < 101; count++) ids.push((await publish(`post ${count}`)).id);
    const { posts } = await read();
    expect(posts.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 100));
  });

  it.each([
    ['no post', undefined, 'A post needs some text.'],
    ['a blank post', { text: '  ' }, 'A post needs some text.'],
    ['a post that is no text', { text: 1 }, 'A post needs some text.'],
    ['a long post', { text: 'x'.repeat(501) }, 'A post has at most 500 characters.'],
  ])('answers 400 to %s', async (_what, body, message) => {
    const answer = await write('POST', '', body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ message: [message] });
  });

  it('answers 404 to changes of a post that is not there', async () => {
    const answers = [await write('PUT', '/9999', { text: 'x' }), await write('DELETE', '/9999')];
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});
