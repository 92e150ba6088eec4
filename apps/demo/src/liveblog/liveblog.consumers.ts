import { Injectable } from '@nestjs/common';
import { Channels, Consumer, Consumers, type Group, Message, Msg } from 'nest-channels';
import { BlogPosts } from './blog-posts.js';
import { liveblogFrame } from './liveblog-event.js';

/**
 * Is the readers' side: who connects gets the latest posts, and then whatever the controller sends.
 *
 * It sends at once, for posts and readers may be others by the time the handler has ended.
 */
@Injectable()
@Consumers({ path: '/liveblog' })
export class LiveblogConsumers {
  readonly #readers: Group<'liveblog'>;

  constructor(
    private readonly posts: BlogPosts,
    channels: Channels,
  ) {
    this.#readers = channels.group('liveblog');
  }

  @Consumer('websocket.connect')
  async join(@Msg() { replyChannel }: Message): Promise<void> {
    await this.#readers.add(replyChannel);
    const latest = liveblogFrame({ type: 'latest', posts: await this.posts.latest() });
    await replyChannel.send({ accept: true, ...latest }, { immediately: true });
    await this.#countReaders();
  }

  @Consumer('websocket.disconnect')
  async leave(@Msg() { replyChannel }: Message): Promise<void> {
    await this.#readers.discard(replyChannel);
    await this.#countReaders();
  }

  async #countReaders(): Promise<void> {
    const { length: count } = await this.#readers.channels();
    await this.#readers.send(liveblogFrame({ type: 'readers', count }), { immediately: true });
  }
}
