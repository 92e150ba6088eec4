import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { removeStaleSocket } from '../src/stale-socket.js';
import { leaveStaleSocket } from './support/stale-socket.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nest-channels-socket-'));
  path = join(folder, 'app.sock');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('removeStaleSocket', () => {
  it('removes what a process left that was killed', async () => {
    leaveStaleSocket(path);
    await removeStaleSocket(path);
    expect(existsSync(path)).toBe(false);
  });

  it('leaves a socket that somebody listens on', async () => {
    const server = createServer().listen(path);
    await once(server, 'listening');
    await removeStaleSocket(path);
    expect(existsSync(path)).toBe(true);
    server.close();
    await once(server, 'close');
  });

  it('leaves a file that is no socket, and minds no missing one', async () => {
    writeFileSync(path, 'precious');
    await removeStaleSocket(path);
    expect(existsSync(path)).toBe(true);
    await expect(removeStaleSocket(join(folder, 'none'))).resolves.toBeUndefined();
  });
});
