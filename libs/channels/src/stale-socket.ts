import { once } from 'node:events';
import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';

/** Removes the file of a Unix socket that nobody listens on; a process that was killed leaves it. */
export async function removeStaleSocket(path: string): Promise<void> {
  if ((await isSocket(path)) && (await refuses(path))) await unlink(path);
}

async function isSocket(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isSocket() ?? false;
}

async function refuses(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}
