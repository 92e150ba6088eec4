import { Injectable } from '@nestjs/common';

/**
 * Knows who is in which room.
 *
 * A person is a name: two tabs of the same name are one person, who leaves with the last of them.
 * Lives in this process; a channel session will carry it to others.
 */
@Injectable()
export class Rooms {
  /** Room → connection → name. */
  readonly #rooms = new Map<string, Map<string, string>>();

  /** Lets a connection in, and tells whether a person came with it. */
  enter(room: string, connection: string, name: string): boolean {
    const isNew = !this.people(room).includes(name);
    const names = this.#rooms.get(room) ?? new Map<string, string>();
    this.#rooms.set(room, names.set(connection, name));
    return isNew;
  }

  /** Lets a connection out, and returns the name of the person who left with it, if one did. */
  leave(room: string, connection: string): string | undefined {
    const name = this.nameOf(room, connection);
    const names = this.#rooms.get(room);
    names?.delete(connection);
    if (names?.size === 0) this.#rooms.delete(room);
    return name !== undefined && this.people(room).includes(name) ? undefined : name;
  }

  nameOf(room: string, connection: string): string | undefined {
    return this.#rooms.get(room)?.get(connection);
  }

  /** Lists the names in a room, in the order they came. */
  people(room: string): string[] {
    return [...new Set(this.#rooms.get(room)?.values())];
  }
}
