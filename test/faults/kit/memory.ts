import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Is how often garbage is collected: what one collection lets go may hold more. */
const COLLECTIONS = 3;

/** Returns how many bytes this process holds, once what is garbage has been collected. */
export function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let count = 0; count < COLLECTIONS; count++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
