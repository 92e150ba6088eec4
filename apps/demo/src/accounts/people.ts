import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** Is somebody who can log in. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** Is the password of everybody: the demo has nothing to hide. */
export const DEMO_PASSWORD = 'demo';

const NAMES = ['Ada', 'Alan', 'Annie', 'Barbara', 'Bjarne', 'Brian', 'Grace', 'Guido'];

/** Knows the people of the demo and checks their passwords. */
@Injectable()
export class People {
  readonly #people: readonly Person[] = NAMES.map((name) => ({ id: name.toLowerCase(), name }));
  readonly #salt = randomBytes(16);
  readonly #hash = this.#hashOf(DEMO_PASSWORD);

  list(): readonly Person[] {
    return this.#people;
  }

  byId(id: unknown): Person | undefined {
    return this.#people.find((person) => person.id === id);
  }

  /** Returns who has this name and password; it takes the same time where nobody has the name. */
  check(name: string, password: string): Person | undefined {
    const isRight = timingSafeEqual(this.#hashOf(password), this.#hash);
    const person = this.byId(name.trim().toLowerCase());
    return isRight ? person : undefined;
  }

  #hashOf(password: string): Buffer {
    return scryptSync(password, this.#salt, 32);
  }
}
