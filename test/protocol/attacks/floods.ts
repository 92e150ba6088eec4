import type { Attack } from '../support/attack.js';
import { ping, text } from '../support/client-frame.js';
import type { ProtocolClient } from '../support/protocol-client.js';
import type { Target } from '../support/target.js';

const FRAMES = 1_000;

/** Are attacks with more frames than anybody can handle: M29. */
export const floods: readonly Attack[] = [1, 10].map((count) => ({
  id: 'M29',
  attack: `${count} × ${FRAMES} frames of 10 bytes at once`,
  expected: 'others are served first, then every frame',
  run: (target) => flood(target, count),
}));

async function flood(target: Target, count: number): Promise<string> {
  const flooders = await Promise.all(Array.from({ length: count }, () => target.open('/echo')));
  const bystander = await target.open('/echo');
  const frames = Buffer.concat(Array.from({ length: FRAMES }, () => text('0123456789')));
  for (const flooder of flooders) flooder.write(frames);
  bystander.write(text('me too'));
  const [newcomer] = await Promise.all([target.open('/echo'), bystander.heard(1)]);
  newcomer.write(ping());
  await newcomer.heard(1);
  const isFirst = flooders.some(({ events }) => events.length < FRAMES);
  await Promise.all(flooders.map((flooder) => flooder.heard(FRAMES)));
  if (!isFirst) return 'others had to wait for every frame';
  const unserved = flooders.filter((flooder) => !isServed(flooder));
  return unserved.length > 0 ? summary(unserved[0]) : 'others are served first, then every frame';
}

function isServed({ events }: ProtocolClient): boolean {
  return events.length === FRAMES && events.every((event) => event.kind === 'text');
}

function summary({ events }: ProtocolClient): string {
  return `${events.length} events, the last ${JSON.stringify(events.at(-1))}`;
}
