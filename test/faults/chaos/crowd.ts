import { delay, systemClock } from '@nest-channels/core';
import type { History } from '../kit/history.js';
import { Latencies } from '../kit/latencies.js';
import type { Form } from './form.js';
import { LastingClient } from './lasting-client.js';

/** Is how often somebody speaks, or is looked after. */
const TURN_MS = 20;

/** Is how long a client may stay deaf when all has healed. */
const HEALED_WITHIN_MS = 5_000;

/** Is who reads the tasks. */
export const TASKS = 'tasks';

/** Are whom words go to in turn: rooms and speakers alternate, and now and then it is a task. */
const TURNS = ['room', 'self', 'room', 'self', 'task'] as const;

type To = (typeof TURNS)[number];

/** Is a server that clients come to. */
export interface Place {
  readonly name: string;
  readonly port: number;
}

/** Are clients in rooms, some at each server, who speak in turn and note what they hear. */
export class Crowd {
  readonly clients: readonly LastingClient[];
  readonly latencies = new Latencies();
  /** Are servers whose clients say nothing for the time being. */
  readonly hushed = new Set<string>();
  #said = 0;
  #state: 'talking' | 'silent' = 'talking';
  #talking: Promise<void>;
  /** Are those of each room that have not heard a sign of life yet, by its words. */
  readonly #deaf = new Map<string, Set<string>>();

  constructor(
    private readonly history: History,
    private readonly form: Form,
    places: readonly Place[],
  ) {
    const rooms = Array.from({ length: form.rooms }, (_, index) => `room${index}`);
    this.clients = places.flatMap((place) => rooms.flatMap((room) => this.#seat(place, room)));
    this.#talking = this.#talk();
  }

  /** Lists the codes that connections were closed with since somebody asked last. */
  takeCloses(): number[] {
    return this.clients.flatMap(({ closes }) => closes.splice(0));
  }

  /** Resolves when everybody at a server, or everywhere, is connected. */
  async returned(server?: string): Promise<void> {
    const awaited = this.clients.filter((client) => !server || client.server === server);
    while (!awaited.every(({ isOpen }) => isOpen)) await delay(systemClock, TURN_MS);
  }

  /** Somebody in each room speaks until everybody there has heard it. */
  async probe(): Promise<void> {
    const rooms = new Set(this.clients.map(({ room }) => room));
    await Promise.all(Array.from(rooms, (room) => this.#probe(room)));
  }

  async leave(): Promise<void> {
    this.#state = 'silent';
    await this.#talking;
    await Promise.all(this.clients.map((client) => client.end()));
  }

  #seat({ name: server, port }: Place, room: string): LastingClient[] {
    return Array.from({ length: this.form.seats }, (_, seat) => {
      const name = `${room}-${server}-${seat}`;
      const onHeard = (id: string): void => this.#heard(id, name, server);
      return new LastingClient({ name, room, server, port, onHeard });
    });
  }

  #heard(id: string, receiver: string, server: string): void {
    this.history.delivery({ id, receiver, process: receiver });
    this.latencies.heard(id, server);
    this.#deaf.get(id)?.delete(receiver);
  }

  async #talk(): Promise<void> {
    const wordsPerTurn = (this.form.wordsPerSecond * TURN_MS) / 1_000;
    const start = systemClock.now();
    for (let turn = 0, next = 0; this.#state === 'talking';) {
      // Who comes late catches up: as much is said on a busy machine.
      turn = Math.ceil((systemClock.now() - start) / TURN_MS);
      for (; next < turn * wordsPerTurn; next++) this.#speak(next);
      await delay(systemClock, TURN_MS);
    }
  }

  #speak(turn: number): void {
    const client = this.clients[turn % this.clients.length];
    // Neighbours say different things, and each of them all.
    const round = Math.floor(turn / this.clients.length);
    this.#say(client, TURNS[(turn + round) % TURNS.length]);
  }

  /** Who says something never learns what became of it. */
  #say(client: LastingClient, to: To): string {
    const id = `${client.name}-${++this.#said}`;
    if (!client.isOpen || this.hushed.has(client.server)) return id;
    const receivers = this.#receiversOf(client, to);
    this.history.sending({ id, sender: client.name, receivers, outcome: 'unknown' });
    this.latencies.said(id, client.server);
    client.say(JSON.stringify({ id, to }));
    return id;
  }

  #receiversOf({ name, room }: LastingClient, to: To): string[] {
    if (to === 'room') return this.#in(room).map((each) => each.name);
    return [to === 'self' ? name : TASKS];
  }

  async #probe(room: string): Promise<void> {
    const clients = this.#in(room);
    const deaf = new Set(clients.map(({ name }) => name));
    const end = systemClock.now() + HEALED_WITHIN_MS;
    while (deaf.size > 0 && systemClock.now() < end) {
      this.#deaf.set(this.#say(clients[0], 'room'), deaf);
      await delay(systemClock, 5 * TURN_MS);
    }
    for (const { name } of clients)
      this.history.probe({ socket: name, isAnswered: !deaf.has(name) });
  }

  #in(room: string): LastingClient[] {
    return this.clients.filter((client) => client.room === room);
  }
}
