import { afterEach, describe, expect, it } from '@jest/globals';
import { Consumer, type Message, Msg } from 'nest-channels';
import { MissingMessage } from '../src/index.js';
import { Tests } from './support/tests.js';

const tests = new Tests();
afterEach(tests.close);

class Site {
  @Consumer('http.request', { path: '/hello' })
  async hello(@Msg() { content, replyChannel }: Message) {
    const body = Buffer.from(content['body'] as Uint8Array).toString();
    await replyChannel.send({
      status: 200,
      headers: [[Buffer.from('Content-Type'), Buffer.from('text/plain')]],
      content: Buffer.from(`${String(content['method'])} `),
      more_content: true,
    });
    const query = Buffer.from(content['query_string'] as Uint8Array).toString();
    await replyChannel.send({ content: Buffer.from(`${query} ${body}`), more_content: false });
  }

  @Consumer('http.request', { path: '/silent' })
  silent() {}
}

describe('a client of HTTP messages', () => {
  it('puts a reply in several parts together', async () => {
    const client = (await tests.start({ providers: [Site], worker: 'by hand' })).httpClient();
    const reply = await client.request('post', '/hello?a=1', { body: 'text' });
    expect(reply).toEqual({
      status: 200,
      headers: { 'content-type': 'text/plain' },
      content: Buffer.from('POST a=1 text'),
    });
  });

  it('misses a reply that does not come', async () => {
    const client = (await tests.start({ providers: [Site], worker: 'by hand' })).httpClient();
    await expect(client.request('GET', '/silent')).rejects.toThrow(MissingMessage);
  });
});
