import {
  type ChannelsTest,
  type ChannelsTestOptions,
  createChannelsTest,
} from '../../src/index.js';

/** Starts tests, and closes them after each: `afterEach(tests.close)`. */
export class Tests {
  readonly #running: { close(): Promise<void> }[] = [];

  async start(options: ChannelsTestOptions = {}): Promise<ChannelsTest> {
    return this.add(await createChannelsTest({ logger: false, ...options }));
  }

  add<T extends { close(): Promise<void> }>(test: T): T {
    this.#running.push(test);
    return test;
  }

  readonly close = async (): Promise<void> => {
    for (const test of this.#running.splice(0)) await test.close();
  };
}
