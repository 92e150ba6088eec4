/** Counts the turns of the event loop until something is done, telling of each. */
export async function turnsUntil(work: Promise<void>, onTurn = (): void => {}): Promise<number> {
  const state = { isDone: false };
  const done = work.finally(() => (state.isDone = true));
  let turns = 0;
  for (; !state.isDone; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
    onTurn();
  }
  await done;
  return turns;
}
