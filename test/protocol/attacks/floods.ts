import type { Attack } from '../support/attack.js';
import { ping, text } from '../support/client-frame.js';
import type { Target } from '../support/target.js';

/** Is far more than a worker handles before it lets others have their turn. */
const FRAMES = 5_000;

/** Are attacks with more frames than anybody can handle: M29. */
export const floods: readonly Attack[] = [1, 10].map((flooders) => ({
  id: 'M29',
  attack: `${FRAMES} frames of 10 bytes at once from ${flooders}`,
  expected: 'others are served first, then every frame',
  run: (target) => flood(target, { flooders, frames: FRAMES / flooders }),
}));

interface Flood {
  readonly flooders: number;
  /** Is how many frames each of them sends. */
  readonly frames: number;
}

async function flood(target: Target, { flooders: count, frames }: Flood): Promise<string> {
  const flooders = await Promise.all(Array.from({ length: count }, () => target.open('/echo')));
  const bystander = await target.open('/echo');
  const bytes = Buffer.concat(Array.from({ length: frames }, () => text('0123456789')));
  for (const flooder of flooders) flooder.write(bytes);
  bystander.write(text('me too'));
  const [newcomer] = await Promise.all([target.open('/echo'), bystander.heard(1)]);
  newcomer.write(ping());
  await newcomer.heard(1);
  const isFirst = flooders.some(({ events }) => events.length < frames);
  await Promise.all(flooders.map((flooder) => flooder.heard(frames)));
  if (!isFirst) return 'others had to wait for every frame';
  const isServed = flooders.every(({ events }) => events.every(({ kind }) => kind === 'text'));
  return isServed ? 'others are served first, then every frame' : 'not every frame was answered';
}
