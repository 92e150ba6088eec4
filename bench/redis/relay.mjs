// Hands on what comes, a while later, to a port and back: node relay.mjs port delayMs
import { connect, createServer } from 'node:net';

const [port, delayMs] = process.argv.slice(2).map(Number);
const server = createServer({ noDelay: true }, (near) => {
  const far = connect({ port, host: '127.0.0.1', noDelay: true });
  handOn(near, far);
  handOn(far, near);
});
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.on('disconnect', () => process.exit());

/**
 * @param {import('node:net').Socket} from
 * @param {import('node:net').Socket} to
 */
function handOn(from, to) {
  from.on('data', (chunk) => setTimeout(() => to.write(chunk), delayMs));
  from.on('close', () => to.destroy());
  from.on('error', () => to.destroy());
}
