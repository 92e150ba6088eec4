// Receives round after round in a process of its own: node receiver.mjs port transport channel
// Each number from its parent says how many come next; it answers when they came. Asked for its
// CPU time, it answers with the milliseconds it has used.
const [port, transport, channel] = process.argv.slice(2);
let due = 0;
let came = 0;
process.on('message', (asked) => {
  if (asked === 'cpu') process.send?.(cpuMs());
  else expect(Number(asked));
});
process.on('disconnect', () => process.exit());
const { receive } = await import(`./transports/${transport}.mjs`);
await receive(Number(port), channel, () => {
  if (++came === due) process.send?.('done');
});
process.send?.('connected');

/** @param {number} count */
function expect(count) {
  due = count;
  came = 0;
  process.send?.('ready');
}

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
