/**
 * Resolves when a process has printed a text, and reads on.
 *
 * @param {import('node:stream').Readable} stream
 * @param {string} text
 */
export async function printed(stream, text) {
  let output = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    output += chunk;
    if (output.includes(text)) break;
  }
  stream.resume();
}
