import { parseArgs, type ParseArgsConfig } from 'node:util';
import { CommandLineInvalid } from '../errors.js';
import { type Flag, variableOf } from './flags.js';
import type { GivenWords } from './flag-values.js';

/** Is what was given, by the name of the flag. */
export type Given = ReadonlyMap<string, GivenWords>;

/**
 * Reads the arguments of a process; `help` is among what was given when they ask for it.
 *
 * @throws CommandLineInvalid `CHANNELS_COMMAND_LINE_INVALID` for what is no flag, or has no value
 */
export function wordsOfArguments(args: readonly string[], flags: readonly Flag[]): Given {
  const given = Object.entries(parsed(args, flags)).map(([name, value]) => {
    const words = Array.isArray(value) ? value.map(String) : [];
    return [name, { source: `--${name}`, words }] as const;
  });
  return new Map(given);
}

/** Reads the environment of a process; a variable that is empty counts as absent. */
export function wordsOfEnvironment(env: NodeJS.ProcessEnv, flags: readonly Flag[]): Given {
  const given = flags.flatMap((flag) => {
    const source = variableOf(flag);
    const text = env[source]?.trim();
    if (!text) return [];
    const words = flag.isList ? text.split(',').map((word) => word.trim()) : [text];
    return [[flag.name, { source, words }] as const];
  });
  return new Map(given);
}

function parsed(args: readonly string[], flags: readonly Flag[]) {
  try {
    return parseArgs({ args: [...args], options: optionsOf(flags) }).values;
  } catch (error) {
    const names = flags.map(({ name }) => `--${name}`).join(', ');
    // Node's second sentence is about positional arguments, which there are none of.
    const [problem] = (error as Error).message.split('. ');
    throw new CommandLineInvalid(`${problem}; expected ${names} or --help`);
  }
}

function optionsOf(flags: readonly Flag[]): ParseArgsConfig['options'] {
  const options = flags.map(({ name, short }) => {
    return [name, { type: 'string' as const, multiple: true, ...(short ? { short } : {}) }];
  });
  return { ...Object.fromEntries(options), help: { type: 'boolean' } };
}
