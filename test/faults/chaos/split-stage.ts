import { resolve } from 'node:path';
import { delay, systemClock } from '@nest-channels/core';
import { freePorts } from '../../../libs/redis/test/support/redis-process.js';
import { RedisServer } from '../../../libs/redis/test/support/redis-server.js';
import { check, type Verdict } from '../kit/checker.js';
import { History } from '../kit/history.js';
import { type Blow, Nemesis } from '../kit/nemesis.js';
import { Victim } from '../kit/victim.js';
import { LastingClient } from './lasting-client.js';

/** Is found from the root of the repository: this file may run compiled, elsewhere. */
const SCRIPT = resolve('test/faults/app/split-process.mjs');

const SERVERS = 2;
const WORKERS = 2;
const ROOMS = ['east', 'west'] as const;
/** Is how many clients of a server are in each room. */
const CLIENTS = 2;

/** Is how often each client says something. */
const PAUSE_MS = 100;

/** Is how long a client may stay deaf when all has healed. */
const HEALED_WITHIN_MS = 5_000;

const EXPIRY_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * Is the demo in two servers and two workers over a Redis, with clients in two rooms who keep talking.
 *
 * One server and one worker have a wall clock that is an hour wrong, one before and one after.
 */
export class SplitStage {
  readonly history = new History();
  readonly clients: LastingClient[] = [];
  readonly servers: Victim[] = [];
  readonly workers: Victim[] = [];
  #said = 0;
  #state: 'open' | 'closed' = 'open';
  #talking: Promise<void> = Promise.resolve();

  private constructor(readonly redis: RedisServer) {}

  static async start(): Promise<SplitStage> {
    const stage = new SplitStage(await RedisServer.start());
    const ports = await freePorts(SERVERS);
    for (const [index, port] of ports.entries()) stage.#addServer(index, port);
    for (let index = 0; index < WORKERS; index++) {
      stage.workers.push(stage.#victim(`worker${index}`, 'worker', index === 0 ? HOUR_MS : 0));
    }
    await Promise.all(stage.processes.map((each) => each.start()));
    for (const [server, port] of ports.entries()) stage.#seat(server, port);
    stage.#talking = stage.#talk();
    return stage;
  }

  get processes(): Victim[] {
    return [...this.servers, ...this.workers];
  }

  nemesis(victims: readonly Victim[], blows: readonly Blow[], random: () => number): Nemesis {
    return new Nemesis(victims, blows, random);
  }

  /** Lists the codes that connections were closed with since somebody asked last. */
  takeCloses(): number[] {
    return this.clients.flatMap(({ closes }) => closes.splice(0));
  }

  /** Waits until everybody is back, asks all of them for a sign of life, and judges. */
  async judge(): Promise<Verdict> {
    while (!this.clients.every(({ isOpen }) => isOpen)) await delay(systemClock, PAUSE_MS);
    await Promise.all(ROOMS.map((room) => this.#probe(room)));
    const unordered = this.clients.map(({ name }) => name);
    return check(this.history.events, { expiryMs: EXPIRY_MS, unordered });
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    await this.#talking;
    await Promise.all(this.clients.map((client) => client.end()));
    await Promise.all(this.processes.map((each) => each.kill()));
    await this.redis.stop();
  }

  #addServer(index: number, port: number): void {
    this.servers.push(this.#victim(`server${index}`, 'server', index === 0 ? -HOUR_MS : 0, port));
  }

  #victim(name: string, role: string, skewMs: number, port = 0): Victim {
    const env = { ROLE: role, PORT: `${port}`, CLOCK_SKEW_MS: `${skewMs}` };
    return new Victim(name, { script: SCRIPT, env: { ...env, REDIS_URL: this.redis.url } });
  }

  #seat(server: number, port: number): void {
    for (const room of ROOMS) {
      for (let seat = 0; seat < CLIENTS; seat++) {
        const name = `${room}${server}${seat}`;
        const onHeard = (id: string) =>
          this.history.delivery({ id, receiver: name, process: name });
        this.clients.push(new LastingClient({ name, room, port, onHeard }));
      }
    }
  }

  async #talk(): Promise<void> {
    while (this.#state === 'open') {
      for (const client of this.clients) this.#say(client);
      await delay(systemClock, PAUSE_MS);
    }
  }

  /** Who says something never learns what became of it. */
  #say(client: LastingClient): string {
    const id = `${client.name}-${++this.#said}`;
    const receivers = this.#in(client.room).map(({ name }) => name);
    if (client.isOpen) {
      this.history.sending({ id, sender: client.name, receivers, outcome: 'unknown' });
    }
    client.say(id);
    return id;
  }

  /** Somebody speaks until everybody in the room has heard it. */
  async #probe(room: string): Promise<void> {
    const [speaker, ...others] = this.#in(room);
    const deaf = new Set([speaker, ...others]);
    const ids = new Set<string>();
    const end = systemClock.now() + HEALED_WITHIN_MS;
    while (deaf.size > 0 && systemClock.now() < end) {
      ids.add(this.#say(speaker));
      await delay(systemClock, PAUSE_MS);
      for (const client of deaf) if (this.#hasHeard(client, ids)) deaf.delete(client);
    }
    for (const client of this.#in(room)) {
      this.history.probe({ socket: client.name, isAnswered: !deaf.has(client) });
    }
  }

  #hasHeard({ name }: LastingClient, ids: ReadonlySet<string>): boolean {
    return this.history.events.some(
      (event) => event.kind === 'delivery' && event.receiver === name && ids.has(event.id),
    );
  }

  #in(room: string): LastingClient[] {
    return this.clients.filter((client) => client.room === room);
  }
}
