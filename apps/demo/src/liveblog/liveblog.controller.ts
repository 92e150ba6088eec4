import { Body, Controller, Delete, HttpCode, Param, ParseIntPipe, Post, Put } from '@nestjs/common';
import { Channels } from 'nest-channels';
import { BlogDraft } from './blog-draft.js';
import { type BlogPost, BlogPosts } from './blog-posts.js';
import { type LiveblogEvent, liveblogFrame } from './liveblog-event.js';

/** Is the editor's side: an ordinary controller, whose changes every reader sees at once. */
@Controller('liveblog/posts')
export class LiveblogController {
  constructor(
    private readonly posts: BlogPosts,
    private readonly channels: Channels,
  ) {}

  @Post()
  async publish(@Body() { text }: BlogDraft): Promise<BlogPost> {
    const post = await this.posts.add(text);
    await this.#tell({ type: 'saved', post });
    return post;
  }

  @Put(':id')
  async edit(
    @Param('id', ParseIntPipe) id: number,
    @Body() { text }: BlogDraft,
  ): Promise<BlogPost> {
    const post = await this.posts.edit(id, text);
    await this.#tell({ type: 'saved', post });
    return post;
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@Param('id', ParseIntPipe) id: number): Promise<void> {
    await this.posts.remove(id);
    await this.#tell({ type: 'deleted', id });
  }

  #tell(event: LiveblogEvent): Promise<void> {
    return this.channels.group('liveblog').send(liveblogFrame(event));
  }
}
