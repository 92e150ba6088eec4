import { describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Injectable,
  ParseIntPipe,
  type Provider,
  UseGuards,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ChannelsModule, Consumer, Consumers, Content, InvalidConfiguration } from 'nest-channels';
import { RoutingTable } from '../src/routing-table.js';
import { LogRecorder } from './support/log-recorder.js';

const build = async (...providers: Provider[]): Promise<RoutingTable> => {
  const module = await Test.createTestingModule({ imports: [ChannelsModule.forRoot()], providers })
    .setLogger(new LogRecorder())
    .compile();
  const table = module.get(RoutingTable, { strict: false });
  table.build();
  return table;
};

const match = (table: RoutingTable, channel: string, content: object): unknown => {
  const found = table.router('default').match(channel, content as never);
  return found && { to: found.handler.label, params: found.params };
};

@Injectable()
@Consumers({ path: '/rooms/:room' })
class Rooms {
  @Consumer('websocket.receive')
  exact() {}

  @Consumer('websocket.receive', { path: '/files/*file' })
  below() {}

  @Consumer('websocket.receive', { path: /^\/v(?<version>\d+)$/ })
  versioned() {}
}

@Injectable()
@Consumers({ path: /^\/api\/(?<api>v\d)/ })
class Api {
  @Consumer('websocket.receive')
  root() {}

  @Consumer('websocket.receive', { path: '/users/:id', text: 'hello' })
  user() {}
}

@Injectable()
@Consumers({ path: '/' })
class Root {
  @Consumer('websocket.connect')
  home() {}

  @Consumer('websocket.connect', { path: '/sub' })
  sub() {}
}

@Injectable()
class Deny implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable()
@UseGuards(Deny)
class Guarded {
  @Consumer('jobs')
  job(@Content('id', ParseIntPipe) _id: number) {}

  @Consumer('jobs.other')
  other() {}
}

describe('RoutingTable', () => {
  it.each([
    ['/rooms/blue', { to: 'Rooms.exact', params: { room: 'blue' } }],
    ['/rooms/blue/', { to: 'Rooms.exact', params: { room: 'blue' } }],
    ['/rooms/blue/files/a/b', { to: 'Rooms.below', params: { room: 'blue', file: 'a/b' } }],
    ['/rooms/blue/v12', { to: 'Rooms.versioned', params: { room: 'blue', version: '12' } }],
    ['/rooms/blue/other', undefined],
    ['/rooms', undefined],
    ['/ROOMS/blue', undefined],
  ])('puts handlers behind the path of their class: %s', async (path, expected) => {
    expect(match(await build(Rooms), 'websocket.receive', { path })).toEqual(expected);
  });

  it('puts handlers behind a RegExp of their class', async () => {
    const table = await build(Api);
    expect(match(table, 'websocket.receive', { path: '/api/v1' })).toMatchObject({
      to: 'Api.root',
    });
    const hello = { path: '/api/v2/users/7', text: 'hello' };
    expect(match(table, 'websocket.receive', hello)).toEqual({
      to: 'Api.user',
      params: { api: 'v2', id: '7' },
    });
    expect(match(table, 'websocket.receive', { ...hello, text: 'bye' })).toBeUndefined();
  });

  it('takes "/" as a class path that adds nothing', async () => {
    const table = await build(Root);
    expect(match(table, 'websocket.connect', { path: '/' })).toMatchObject({ to: 'Root.home' });
    expect(match(table, 'websocket.connect', { path: '/sub' })).toMatchObject({ to: 'Root.sub' });
  });

  it('describes each route with its handler and what runs around it, in columns', async () => {
    expect((await build(Root, Guarded)).describe()).toEqual([
      'websocket.connect path=/    → Root.home',
      'websocket.connect path=/sub → Root.sub',
      'jobs                        → Guarded.job   guards: Deny; pipes: ParseIntPipe (id)',
      'jobs.other                  → Guarded.other guards: Deny',
    ]);
  });

  it('lets no long route push the others aside', async () => {
    const channels = ['a', 'b', 'c'].map((name) => name.repeat(30));
    @Injectable()
    class Many {
      @Consumer(channels)
      all() {}
    }
    expect((await build(Many, Root)).describe()).toEqual([
      `${channels.join(', ')} → Many.all`,
      'websocket.connect path=/    → Root.home',
      'websocket.connect path=/sub → Root.sub',
    ]);
  });

  it('refuses a consumer around which Nest would leave enhancers out', async () => {
    const made = { provide: 'GUARDED', useFactory: () => new Guarded() };
    await expect(build(made)).rejects.toThrow(
      'Guarded.job: Deny, ParseIntPipe would not run around what a factory or a value provides; ' +
        'provide the class, or give instances to @UseGuards() and its like',
    );
  });

  it('matches nothing on a layer without routes', async () => {
    const table = await build(Root);
    expect(table.router('other').channels).toEqual([]);
  });

  it('refuses two handlers for one route, also across classes', async () => {
    @Injectable()
    class Twin {
      @Consumer('websocket.receive', { path: '/rooms/:otherName' })
      again() {}
    }
    await expect(build(Rooms, Twin)).rejects.toThrow(InvalidConfiguration);
    await expect(build(Rooms, Twin)).rejects.toThrow(
      'Twin.again (websocket.receive path=/rooms/:otherName): Rooms.exact handles this already',
    );
  });
});
