import { Injectable, Logger, Module, type Type } from '@nestjs/common';
import type { ChannelLayer } from '@nest-channels/core';
import { ChannelsModule, ChannelsRuntime, Consumer, type Message } from 'nest-channels';
import { Inbox } from './inbox.js';

Logger.overrideLogger(false);

/** Is an application made to run in several processes, here all in one. */
export class SplitApp {
  readonly jobsDone = new Inbox<string>();

  constructor(readonly layer: ChannelLayer) {}

  /** Returns a root module; each process gets a class of its own, as each would load it anew. */
  module(consumers: 'with consumers' | 'without consumers'): Type {
    const layers = { default: this.layer };
    const providers = consumers === 'with consumers' ? [this.#consumers()] : [];
    @Module({ imports: [ChannelsModule.forRoot({ layers })], providers })
    class AppModule {}
    return AppModule;
  }

  #consumers(): Type {
    const { jobsDone } = this;
    @Injectable()
    class Consumers {
      constructor(private readonly runtime: ChannelsRuntime) {}

      @Consumer('websocket.receive', { path: '/echo' })
      echo(message: Message<'websocket.receive'>) {
        return `${message.content.text} from the worker`;
      }

      @Consumer('jobs')
      job() {
        jobsDone.push(this.runtime.isReady ? 'done' : 'not ready');
      }
    }
    return Consumers;
  }
}
