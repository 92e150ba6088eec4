import type { Report } from './report.js';

/*
 * Is a server or a worker to be struck, with a wall clock that may be wrong.
 */
const { ROLE, PORT = '0', CLOCK_SKEW_MS = '0' } = process.env;
const right = Date.now;
Date.now = () => right() + Number(CLOCK_SKEW_MS);

// Nothing is to have seen the right time.
const { runServer, runWorker } = await import('nest-channels');
const { StageModule } = await import('./stage.module.js');
const { Shelves } = await import('./shelves.js');

if (ROLE === 'worker') await runWorker(StageModule, { args: [] });
else await runServer(StageModule, { args: ['-b', '127.0.0.1', '-p', PORT] });

const shelves = new Shelves();
process.on('message', (asked: Report) => void shelves.answer(asked));
process.send?.({ kind: 'ready' });
