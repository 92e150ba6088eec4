/** @import { Redis } from 'ioredis' */

/** Is the least that a script can do to hand something on. */
const APPEND = "return redis.call('XADD', KEYS[1], 'MAXLEN', '~', 1000, '*', 'd', ARGV[1])";

/** @typedef {[stream: Buffer, entries: [id: Buffer, fields: Buffer[]][]]} Read */

/**
 * Returns what appends bytes to a stream.
 *
 * @param {Redis} client
 * @param {string} stream
 */
export async function appending(client, stream) {
  const sha = String(await client.call('SCRIPT', 'LOAD', APPEND));
  return (/** @type {Buffer} */ bytes) =>
    void client.callBuffer('EVALSHA', [sha, 1, stream, bytes]).catch(() => undefined);
}

/**
 * Reads a stream until the connection ends.
 *
 * @param {Redis} client
 * @param {string} stream
 * @param {(bytes: Buffer) => void} onEntry
 */
export async function read(client, stream, onEntry) {
  for (let place = '0'; ;) {
    const wait = ['COUNT', 64, 'BLOCK', 0, 'STREAMS', stream, place];
    const came = /** @type {Read[]} */ (await client.callBuffer('XREAD', wait));
    for (const [id, fields] of came[0][1]) {
      place = String(id);
      onEntry(fields[1]);
    }
  }
}
