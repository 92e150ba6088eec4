import { spawnSync } from 'node:child_process';

/** Leaves the file of a Unix socket behind, as a process does that is killed while it listens. */
export function leaveStaleSocket(path: string): void {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => {
    process.kill(process.pid, 'SIGKILL');
  });`;
  spawnSync(process.execPath, ['--eval', script]);
}
