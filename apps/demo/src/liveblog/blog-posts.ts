import { Injectable, NotFoundException } from '@nestjs/common';
import { type SharedMap, SharedMaps } from '../shared/shared-map.js';

const MAX_POSTS = 100;

/** Is one post of the liveblog. */
export interface BlogPost {
  readonly id: number;
  readonly text: string;
  /** Is when it was published, in ISO 8601. */
  readonly at: string;
}

/** Keeps the newest 100 posts. */
@Injectable()
export class BlogPosts {
  readonly #posts: SharedMap;

  constructor(private readonly maps: SharedMaps) {
    this.#posts = maps.map('posts');
  }

  async latest(): Promise<BlogPost[]> {
    const entries = await this.#posts.entries();
    const posts = [...entries.values()].map((json) => JSON.parse(json) as BlogPost);
    return posts.toSorted((a, b) => b.id - a.id);
  }

  async add(text: string): Promise<BlogPost> {
    const id = await this.maps.nextNumber('post-ids');
    const post = { id, text, at: new Date().toISOString() };
    await this.#put(post);
    await this.#posts.take(`${id - MAX_POSTS}`);
    return post;
  }

  /** @throws NotFoundException when there is no such post, or no longer */
  async edit(id: number, text: string): Promise<BlogPost> {
    const json = (await this.#posts.entries()).get(`${id}`) ?? missing(id);
    const post = { ...(JSON.parse(json) as BlogPost), text };
    await this.#put(post);
    return post;
  }

  /** @throws NotFoundException when there is no such post, or no longer */
  async remove(id: number): Promise<void> {
    const before = await this.#posts.take(`${id}`);
    if (!before.has(`${id}`)) missing(id);
  }

  async #put(post: BlogPost): Promise<void> {
    await this.#posts.put(`${post.id}`, JSON.stringify(post));
  }
}

function missing(id: number): never {
  throw new NotFoundException(`There is no post ${id}.`);
}
