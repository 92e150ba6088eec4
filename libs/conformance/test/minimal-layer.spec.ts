import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { layerConformance } from '../src/index.js';
import { MinimalLayer } from './minimal-layer.js';

const clock = new ManualClock();

describe('MinimalLayer', () => {
  layerConformance({
    create: (limits) => new MinimalLayer(limits, clock),
    clock: { advance: async (ms) => clock.advance(ms) },
    runner: { describe, it },
  });
});

describe('docs/writing-a-layer.md', () => {
  it('shows the minimal layer as it is', () => {
    const source = read('./minimal-layer.ts');
    expect(codeIn(read('../../../docs/writing-a-layer.md'))).toContain(source);
  });
});

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

function codeIn(markdown: string): string[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
}
