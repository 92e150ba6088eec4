import { Nemesis } from '../kit/nemesis.js';
import type { Victim } from '../kit/victim.js';
import { draw } from './draw.js';
import { within } from './form.js';
import { last, type Play, repeat } from './scenario.js';
import type { SplitStage } from './split-stage.js';

/** Is how long what was said takes to be read, so that none of it stands still with its server. */
const READ_MS = 300;

/** Is a time in which a process was not there, or not everybody was back. */
export interface Outage {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Kills processes, one at a time, and starts them again; an outage ends when its sockets are back. */
export async function killInTurn(
  stage: SplitStage,
  play: Play,
  victims: readonly Victim[],
): Promise<Outage[]> {
  const { restMs, outageMs } = stage.form;
  const nemesis = new Nemesis(victims, ['kill'], play.random);
  const outages: Outage[] = [];
  await repeat(play, 0, async () => {
    const from = performance.now();
    const { victim: name = 'nobody' } = (await nemesis.strike()) ?? {};
    await last(within(outageMs, play.random));
    await nemesis.heal();
    await stage.crowd.returned(name);
    outages.push({ name, from, to: performance.now() });
    play.say(`${name} was killed`);
    await last(within(restMs, play.random));
  });
  return outages;
}

/** Lets a server and a worker stand still, for each of the times that the form knows. */
export async function freezeBoth(stage: SplitStage, play: Play): Promise<void> {
  for (const freezeMs of stage.form.freezesMs) {
    const frozen = [draw(play.random, stage.servers), draw(play.random, stage.workers)];
    for (const { name } of frozen) stage.crowd.hushed.add(name);
    await last(READ_MS);
    for (const victim of frozen) victim.freeze();
    await last(freezeMs);
    for (const victim of frozen) victim.thaw();
    stage.crowd.hushed.clear();
    play.say(`${frozen.map(({ name }) => name).join(' and ')} stood still for ${freezeMs} ms`);
    await last(within(stage.form.restMs, play.random));
  }
}
