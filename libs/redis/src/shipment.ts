import type { Outgoing } from './outbox.js';
import { pack, type Parcelled } from './parcel.js';
import type { Argument } from './redis-link.js';

/** Is what goes to one non-local name. */
interface Consignment {
  readonly name: string;
  readonly capacity: number;
  readonly messages: Parcelled[];
  /** Are the places of these messages in the shipment. */
  readonly places: number[];
}

/** Is what goes to Redis in one request: a parcel for each name. */
export class Shipment {
  readonly #consignments = new Map<string, Consignment>();

  constructor(messages: readonly Outgoing[]) {
    for (const [place, message] of messages.entries()) this.#add(message, place);
  }

  /** Lists name, capacity, number of messages and parcel of each. */
  get arguments(): Argument[] {
    const list: Argument[] = [];
    for (const { name, capacity, messages } of this.#consignments.values()) {
      list.push(name, capacity, messages.length, pack(messages));
    }
    return list;
  }

  /**
   * Tells for each message how many waited then, -1 if it was refused.
   *
   * @param outcomes How many were accepted of each name, and how many waited in the end.
   */
  sizes(outcomes: readonly number[]): number[] {
    const sizes: number[] = [];
    let index = 0;
    for (const { places } of this.#consignments.values()) {
      const [accepted, waiting] = [outcomes[index++], outcomes[index++]];
      const before = waiting - accepted;
      for (const [each, place] of places.entries()) {
        sizes[place] = each < accepted ? before + each + 1 : -1;
      }
    }
    return sizes;
  }

  #add({ name, capacity, channel, body }: Outgoing, place: number): void {
    const localPart = channel.slice(name.length);
    const known = this.#consignments.get(name);
    if (known) {
      known.messages.push({ localPart, body });
      known.places.push(place);
    } else {
      const messages = [{ localPart, body }];
      this.#consignments.set(name, { name, capacity, messages, places: [place] });
    }
  }
}
