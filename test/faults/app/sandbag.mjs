// Is a process that does nothing but take what is done to it.
process.on('message', (asked) => process.send({ ...asked, pid: process.pid }));
process.on('SIGTERM', () => process.exit(7));
console.log('here');
process.send({ kind: 'ready' });
