import type { BlogPost } from './blog-posts.js';

/** Is what the readers of the liveblog receive, as JSON. */
export type LiveblogEvent =
  | { readonly type: 'latest'; readonly posts: readonly BlogPost[] }
  | { readonly type: 'saved'; readonly post: BlogPost }
  | { readonly type: 'deleted'; readonly id: number }
  | { readonly type: 'readers'; readonly count: number };

/** Returns the frame that brings an event to a reader, or to a group of them. */
export function liveblogFrame(event: LiveblogEvent): { readonly text: string } {
  return { text: JSON.stringify(event) };
}

declare module '@nest-channels/core' {
  interface ChannelContents {
    /** Is the group of all readers. */
    liveblog: { readonly text: string };
  }
}
