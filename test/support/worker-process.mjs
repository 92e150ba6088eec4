// Runs a worker on a layer that says it leaves the process, and gives it the jobs of the environment.
import { memoryLayer } from '@nest-channels/core';
import { Injectable, Module } from '@nestjs/common';
import { ChannelsModule, ChannelsRuntime, Consumer, runWorker } from 'nest-channels';
import { setImmediate } from 'node:timers/promises';

const memory = memoryLayer();
const layer = new Proxy(memory, {
  get(target, key) {
    if (key === 'reach') return 'machine';
    const value = Reflect.get(target, key, target);
    return typeof value === 'function' ? value.bind(target) : value;
  },
});

class Jobs {
  constructor(runtime) {
    this.runtime = runtime;
  }

  async run({ content: { n, hangs } }) {
    console.log(`job ${n} begins`);
    while (this.runtime.isReady) await setImmediate();
    if (hangs) await new Promise(() => setInterval(() => undefined, 1_000));
    console.log(`job ${n} ends`);
  }
}
Injectable()(Jobs);
Reflect.defineMetadata('design:paramtypes', [ChannelsRuntime], Jobs);
Consumer('jobs')(Jobs.prototype, 'run');

class AppModule {}
const shutdownTimeoutMs = Number(process.env.SHUTDOWN_TIMEOUT_MS);
const worker = { concurrency: 1, shutdownTimeoutMs };
Module({
  imports: [ChannelsModule.forRoot({ layers: { default: layer }, worker })],
  providers: [Jobs],
})(AppModule);

await runWorker(AppModule);
for (const job of JSON.parse(process.env.JOBS)) await memory.send('jobs', job);
