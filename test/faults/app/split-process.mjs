// Is a server or a worker of the demo, with a wall clock that may be wrong.
const { ROLE, PORT, CLOCK_SKEW_MS = '0' } = process.env;
const right = Date.now;
Date.now = () => right() + Number(CLOCK_SKEW_MS);

const { AppModule } = await import('demo-app');
const { runServer, runWorker } = await import('nest-channels');
if (ROLE === 'worker') await runWorker(AppModule, { args: [] });
else await runServer(AppModule, { args: ['-b', '127.0.0.1', '-p', PORT] });
process.send({ kind: 'ready' });
