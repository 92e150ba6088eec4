import { describe, expect, it } from '@jest/globals';
import { ChannelsRuntime } from 'nest-channels';
import { TestedProcess } from '../src/index.js';
import { World } from '../src/world.js';
import { Echo } from './support/consumers.js';

const PARTS = { providers: [Echo], logger: false as const };

describe('a tested process', () => {
  it.each(['embedded', 'server', 'worker'] as const)('runs and stops as %s', async (role) => {
    const world = new World();
    const process = await TestedProcess.start(PARTS, role, world);
    expect(process.get(ChannelsRuntime).isReady).toBe(true);
    expect([process.isRunning, process.isBusy()]).toEqual([true, false]);
    await process.stop();
    await process.stop();
    expect(process.isRunning).toBe(false);
    await world.close();
  });

  it('lets a test prepare its application before it starts', async () => {
    const world = new World();
    const seen: boolean[] = [];
    const prepare: NonNullable<Parameters<typeof TestedProcess.start>[0]['prepare']> = (app) =>
      seen.push(app.get(ChannelsRuntime, { strict: false }).isReady);
    const process = await TestedProcess.start({ ...PARTS, prepare }, 'embedded', world);
    expect(seen).toEqual([false]);
    await process.stop();
    await world.close();
  });

  it('logs where a test wants it', async () => {
    const world = new World();
    const lines: unknown[] = [];
    const log = (line: unknown): void => void lines.push(line);
    const logger = { log, warn: log, error: log };
    const process = await TestedProcess.start({ ...PARTS, logger }, 'embedded', world);
    expect(lines).toContainEqual(expect.stringContaining('Mapped websocket.receive'));
    await process.stop();
    await world.close();
  });
});
