import { findClientScript } from './client-script.js';

/** Are the options of serving the script of `@nest-channels/client`. */
export interface ClientScriptOptions {
  /** Is the whole path of the script, such as `/channels.js`; no global prefix is put before it. */
  readonly path: string;
}

/** Is a path that means itself to every HTTP adapter: patterns have other characters. */
const PLAIN_PATH = /^(\/[\w.~-]+)+$/;

/** Describes what keeps the script from being served. */
export function clientScriptProblems(
  options: ClientScriptOptions | undefined,
  find = findClientScript,
): string[] {
  if (!options) return [];
  const isPlain = typeof options.path === 'string' && PLAIN_PATH.test(options.path);
  return [
    ...(isPlain
      ? []
      : [`client.path: expected a path such as /channels.js, got "${options.path}"`]),
    ...(find() ? [] : ['client: the package is missing; npm install @nest-channels/client']),
  ];
}
