import { CommandLineInvalid } from '../errors.js';

/** Is where a value came from, as its owner wrote it, and all that was given. */
export interface GivenWords {
  /** Is the flag or the variable, to name it in an error. */
  readonly source: string;
  readonly words: readonly string[];
}

const MS_PER_SECOND = 1_000;

/**
 * Reads the values of flags, by the name of the flag; undefined for what was not given.
 *
 * All throw CommandLineInvalid `CHANNELS_COMMAND_LINE_INVALID` for a value that cannot be read.
 */
export class FlagValues {
  constructor(private readonly given: ReadonlyMap<string, GivenWords>) {}

  has(name: string): boolean {
    return this.given.has(name);
  }

  list(name: string): readonly string[] | undefined {
    return this.given.get(name)?.words;
  }

  text(name: string): string | undefined {
    return this.list(name)?.at(-1);
  }

  wholeNumber(name: string, range: { readonly from: number; readonly to: number }) {
    const { from, to } = range;
    return this.#read(name, `a whole number from ${from} to ${to}`, (word) => {
      const number = /^\d+$/.test(word) ? Number(word) : Number.NaN;
      return number >= from && number <= to ? number : undefined;
    });
  }

  /** Reads seconds, with a fraction if need be, as milliseconds. */
  seconds(name: string): number | undefined {
    return this.#read(name, 'a number of seconds over 0', (word) => {
      const ms = /^\d+(\.\d+)?$/.test(word) ? Math.round(Number(word) * MS_PER_SECOND) : 0;
      return ms > 0 ? ms : undefined;
    });
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    return this.#read(name, choices.join(', ').replace(/, (\w+)$/, ' or $1'), (word) =>
      choices.find((choice) => choice === word),
    );
  }

  #read<Value>(
    name: string,
    expected: string,
    read: (word: string) => Value | undefined,
  ): Value | undefined {
    const word = this.text(name);
    if (word === undefined) return undefined;
    const value = read(word);
    if (value !== undefined) return value;
    const { source } = this.given.get(name) as GivenWords;
    throw new CommandLineInvalid(`${source}: expected ${expected}, got ${JSON.stringify(word)}`);
  }
}
