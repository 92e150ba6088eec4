import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { type Content, Message } from '@nest-channels/core';
import { ConsumerExplorer } from '../../src/consumer.explorer.js';
import { Residences } from '../../src/connection-life/residences.js';
import type { Residence } from '../../src/connection-life/residence.js';
import { Consumer, Consumers } from '../../src/consumer.decorator.js';
import { ConsumerFlags } from '../../src/consumers/consumer-flags.js';
import { JsonWebsocketConsumer } from '../../src/consumers/json-websocket-consumer.js';
import { Parallel } from '../../src/parallel.decorator.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

@Consumers({ life: 'connection', path: '/a/:id' })
class Sample extends JsonWebsocketConsumer {
  override readonly channelSession = true;
  override readonly strictOrdering = true;

  override receive(content: unknown): unknown {
    return { content };
  }

  @Parallel(3)
  @Consumer('side.work')
  work(): void {}
}

@Injectable()
@Consumers({ life: 'connection', path: '/b' })
class Plain {
  private count = 0;

  @Consumer('websocket.receive')
  frame(message: Message, content: Content, channel: string): unknown {
    return [message.channel === channel, content['text'], ++this.count];
  }
}

const around: string[] = [];

@Injectable()
class Sessions {
  constructor(flags: ConsumerFlags) {
    flags.provide('channelSession', {
      around: (message, next) => (around.push(message.channel), next()),
    });
  }
}
Reflect.defineMetadata('design:paramtypes', [ConsumerFlags], Sessions);

async function residenceOf(type: typeof Sample | typeof Plain): Promise<Residence> {
  const { app } = await RunningApp.start({ providers: [Sample, Plain, Sessions] });
  const consumers = app.get(ConsumerExplorer, { strict: false }).consumers();
  const methods = consumers.filter((each) => each.type === type);
  const residences = app.get(Residences, { strict: false });
  expect(methods.flatMap((method) => residences.problems(method))).toEqual([]);
  return residences.of(methods);
}

async function run(residence: Residence, self: object, text: string): Promise<unknown> {
  const content = { text };
  const match = residence.match('websocket.receive', content);
  if (!match) throw new Error('no handler');
  return residence.run(match.handler, self, new Message({ channel: 'websocket.receive', content }));
}

describe('Residences', () => {
  it('shape what a class-based consumer returns, with its flags around it', async () => {
    around.length = 0;
    const residence = await residenceOf(Sample);
    const self = await residence.create();
    expect(self).toBeInstanceOf(Sample);
    expect(await run(residence, self, '[1]')).toBe('{"content":[1]}');
    expect(around).toEqual(['websocket.receive']);
  });

  it('call the method of any instance', async () => {
    const residence = await residenceOf(Plain);
    const [one, other] = [await residence.create(), await residence.create()];
    expect(await run(residence, one, 'a')).toEqual([true, 'a', 1]);
    expect(await run(residence, other, 'b')).toEqual([true, 'b', 1]);
    expect(await run(residence, one, 'c')).toEqual([true, 'c', 2]);
  });

  it('know which handlers run beside others', async () => {
    const residence = await residenceOf(Sample);
    expect(residence.placeOf('side.work', {})).toEqual({ limit: 3 });
    expect(residence.placeOf('websocket.receive', {})).toBeUndefined();
  });
});
