import { Injectable } from '@nestjs/common';
import { type Entries, type SharedMap, SharedMaps } from '../shared/shared-map.js';

/** Is a connection's place in a room. */
interface Seat {
  readonly connection: string;
  readonly name: string;
  /** Counts up from seat to seat. */
  readonly number: number;
}

/**
 * Knows who is in which room.
 *
 * A person is a name: two tabs of the same name are one person, who leaves with the last of them.
 */
@Injectable()
export class Rooms {
  constructor(private readonly maps: SharedMaps) {}

  /** Lets a connection in, and tells whether a person came with it. */
  async enter(room: string, connection: string, name: string): Promise<boolean> {
    const number = await this.maps.nextNumber('seats');
    const before = await this.#seats(room).put(connection, JSON.stringify({ name, number }));
    return !names(seatsIn(before)).includes(name);
  }

  /** Lets a connection out, and returns the name of the person who left with it, if one did. */
  async leave(room: string, connection: string): Promise<string | undefined> {
    const before = seatsIn(await this.#seats(room).take(connection));
    const left = before.find((seat) => seat.connection === connection);
    const others = before.filter((seat) => seat !== left);
    return left && !names(others).includes(left.name) ? left.name : undefined;
  }

  async nameOf(room: string, connection: string): Promise<string | undefined> {
    const seats = seatsIn(await this.#seats(room).entries());
    return seats.find((seat) => seat.connection === connection)?.name;
  }

  /**
   * Lists the names in a room, in the order they came.
   *
   * @param connections are those that are there: a process that was killed has left seats behind
   */
  async people(room: string, connections: readonly string[]): Promise<string[]> {
    const seats = seatsIn(await this.#seats(room).entries());
    return names(seats.filter(({ connection }) => connections.includes(connection)));
  }

  #seats(room: string): SharedMap {
    return this.maps.map(`room:${room}`);
  }
}

function seatsIn(entries: Entries): Seat[] {
  const seats = [...entries].map(([connection, json]) => {
    return { connection, ...(JSON.parse(json) as Omit<Seat, 'connection'>) };
  });
  return seats.toSorted((a, b) => a.number - b.number);
}

function names(seats: readonly Seat[]): string[] {
  return [...new Set(seats.map(({ name }) => name))];
}
