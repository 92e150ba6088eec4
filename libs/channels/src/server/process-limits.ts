import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { ServerSettings } from '../server-options.js';

const SOFT_LIMIT = /^Max open files\s+(\d+)/m;
/** Is what a process needs beside its connections: modules, logs, back ends, HTTP clients. */
const OTHER_FILES = 512;
/** Is what Node keeps of a request's headers unless told otherwise. */
const HEADERS_KEPT = 1_000;

/** Returns settings without a limit above what the process and its HTTP server can keep. */
export function withinProcess(
  settings: ServerSettings,
  { maxHeadersCount }: Pick<Server, 'maxHeadersCount'>,
): ServerSettings {
  // Node 20 drops headers over its own limit in silence: what is missing must not go unnoticed.
  const headersKept = maxHeadersCount === 0 ? Infinity : (maxHeadersCount ?? HEADERS_KEPT);
  return {
    ...settings,
    maxHeaders: Math.min(settings.maxHeaders, headersKept),
    maxConnections: Math.min(settings.maxConnections, maxOpenConnections(readLimits())),
  };
}

/** Describes the limits that were set and are lower all the same. */
export function loweredLimits(wanted: ServerSettings, kept: ServerSettings): string[] {
  const keys = ['maxHeaders', 'maxConnections'] as const;
  const lowered = keys.filter((key) => wanted[key] !== Infinity && kept[key] < wanted[key]);
  return lowered.map(
    (key) => `server.${key} is ${kept[key]} instead of ${wanted[key]}: this process keeps no more.`,
  );
}

/**
 * Returns how many connections the open files of a process allow; Infinity where it is not told.
 *
 * 512 files are kept for other uses, or half of them where there are fewer than 1,024.
 *
 * @param limits what Linux tells in `/proc/self/limits`
 */
export function maxOpenConnections(limits: string): number {
  const files = Number(SOFT_LIMIT.exec(limits)?.[1] ?? Infinity);
  return files < 2 * OTHER_FILES ? Math.floor(files / 2) : files - OTHER_FILES;
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
