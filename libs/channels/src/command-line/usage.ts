import { type Flag, FLAGS, type ProcessRole, variableOf } from './flags.js';

const PURPOSE: Readonly<Record<ProcessRole, string>> = {
  server: 'Terminates the sockets of the application; workers handle its messages.',
  worker: 'Runs the consumers of the application.',
};

/** Returns what `--help` prints. */
export function usage(role: ProcessRole): string {
  const flags = FLAGS[role].map((flag) => [formOf(flag), describe(flag)] as const);
  const rows = [...flags, ['    --help', 'print this'] as const];
  const width = Math.max(...rows.map(([form]) => form.length));
  return [
    PURPOSE[role],
    '',
    ...rows.map(([form, help]) => `  ${form.padEnd(width)}  ${help}`),
    '',
    'A flag wins over the variable in brackets, and that over the options in the code.',
    'A flag with "..." may be repeated; its variable has commas between values.',
    '',
  ].join('\n');
}

function formOf({ name, short, value, isList }: Flag): string {
  const letter = short ? `-${short}, ` : '    ';
  return `${letter}--${name} ${value}${isList ? ' ...' : ''}`;
}

function describe(flag: Flag): string {
  return `${flag.help} [${variableOf(flag)}]`;
}
