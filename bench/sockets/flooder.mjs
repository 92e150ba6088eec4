// Sends 10-byte texts as fast as a server takes them, from a process of its own; floods.mjs starts it.
import { contenders } from './contenders.mjs';
import { maskedFrame, openRaw } from './raw-socket.mjs';

/** @import { Socket } from 'node:net' */

const FRAMES_PER_WRITE = 1_000;

const [server, port, count] = process.argv.slice(2);
const contender = contenders.find((each) => each.server === server);
if (!contender) throw new Error(`There is no server "${server}".`);
const { dialect } = contender;
const frame = maskedFrame(dialect.frameOf('x'.repeat(10)));
const frames = Buffer.concat(Array.from({ length: FRAMES_PER_WRITE }, () => frame));

const sockets = await Promise.all(
  Array.from({ length: Number(count) }, () => openRaw(Number(port), dialect)),
);
for (const socket of sockets) flood(socket);
process.on('message', () => {
  const bytes = sockets.reduce((sum, { bytesWritten, writableLength }) => {
    return sum + bytesWritten - writableLength;
  }, 0);
  process.send?.(bytes / frame.length);
});
process.on('disconnect', () => process.exit());
process.send?.('flooding');

/** @param {Socket} socket */
function flood(socket) {
  socket.resume();
  const write = () => {
    while (socket.writable && socket.write(frames));
  };
  socket.on('drain', write);
  write();
}
