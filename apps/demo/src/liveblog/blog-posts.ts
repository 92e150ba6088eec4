import { Injectable, NotFoundException } from '@nestjs/common';

const MAX_POSTS = 100;

/** Is one post of the liveblog. */
export interface BlogPost {
  readonly id: number;
  readonly text: string;
  /** Is when it was published, in ISO 8601. */
  readonly at: string;
}

/** Keeps the newest 100 posts, in this process: a real blog has a table. */
@Injectable()
export class BlogPosts {
  /** Oldest first, as a Map keeps the order of its keys. */
  readonly #posts = new Map<number, BlogPost>();
  #count = 0;

  latest(): BlogPost[] {
    return [...this.#posts.values()].toReversed();
  }

  add(text: string): BlogPost {
    const post = { id: ++this.#count, text, at: new Date().toISOString() };
    this.#posts.set(post.id, post);
    this.#posts.delete(post.id - MAX_POSTS);
    return post;
  }

  /** @throws NotFoundException when there is no such post, or no longer */
  edit(id: number, text: string): BlogPost {
    const post = { ...this.#get(id), text };
    this.#posts.set(id, post);
    return post;
  }

  /** @throws NotFoundException when there is no such post, or no longer */
  remove(id: number): void {
    this.#posts.delete(this.#get(id).id);
  }

  #get(id: number): BlogPost {
    const post = this.#posts.get(id);
    if (!post) throw new NotFoundException(`There is no post ${id}.`);
    return post;
  }
}
