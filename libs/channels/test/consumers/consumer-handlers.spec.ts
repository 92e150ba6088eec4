import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, UseFilters } from '@nestjs/common';
import { Message } from '@nest-channels/core';
import { ConsumerExplorer } from '../../src/consumer.explorer.js';
import { ConsumerHandlers } from '../../src/consumers/consumer-handlers.js';
import { Consumer, Consumers } from '../../src/consumer.decorator.js';
import { WebsocketConsumer } from '../../src/consumers/websocket-consumer.js';
import { WebsocketDemultiplexer } from '../../src/consumers/websocket-demultiplexer.js';
import type { Handler } from '../../src/handler.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

@Injectable()
class Plain {
  @Consumer('jobs')
  run(): unknown {
    return this.constructor.name;
  }
}

class Strict extends WebsocketConsumer {
  override readonly strictOrdering = true;
}

@Consumers({ path: '/c' })
class Several extends WebsocketDemultiplexer {
  override readonly consumers = { strict: Strict };
}

@UseFilters({ catch: (error: Error) => `filtered ${error.message}` })
@Consumers({ path: '/a' })
class Viewed extends WebsocketConsumer {
  private texts = 0;

  override receive(text: string): unknown {
    if (text === 'fail') throw new Error('failed');
    return `${text} ${++this.texts}`;
  }
}

@Consumers({ path: '/b' })
class Ordered extends WebsocketConsumer {
  override readonly strictOrdering = true;
}

async function handlerOf(label: string): Promise<Handler> {
  const { app } = await RunningApp.start({ providers: [Plain, Viewed, Ordered, Several, Strict] });
  const consumers = app.get(ConsumerExplorer, { strict: false }).consumers();
  const consumer = consumers.find((each) => each.label === label);
  if (!consumer) throw new Error(`There is no ${label}`);
  return app.get(ConsumerHandlers, { strict: false }).create(consumer);
}

const frame = (text: string): Message =>
  new Message({ channel: 'websocket.receive', content: { text } });

describe('ConsumerHandlers', () => {
  it('leaves others as they are', async () => {
    const handler = await handlerOf('Plain.run');
    expect(await handler.run(new Message({ channel: 'jobs', content: {} }))).toBe('Plain');
  });

  it('runs each message on a view of its own', async () => {
    const handler = await handlerOf('Viewed.receive');
    expect([await handler.run(frame('a')), await handler.run(frame('b'))]).toEqual(['a 1', 'b 1']);
  });

  it('orders those that ask for strict ordering', async () => {
    const labels = ['Viewed.receive', 'Ordered.receive', 'Ordered.connect'];
    const handlers = await Promise.all(labels.map(handlerOf));
    expect(handlers.map(({ isOrdered }) => isOrdered)).toEqual([false, true, true]);
  });

  it('keeps in order what one of its streams wants in order', async () => {
    expect(await handlerOf('Several.receive')).toMatchObject({ isOrdered: true });
    expect(await handlerOf('Viewed.receive')).toMatchObject({ isOrdered: false });
  });

  it('leaves errors to filters', async () => {
    const handler = await handlerOf('Viewed.receive');
    expect(await handler.run(frame('fail'))).toBe('filtered failed');
  });
});
