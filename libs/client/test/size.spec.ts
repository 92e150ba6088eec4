import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { buildSync } from 'esbuild';

it('is at most 6 KB of gzip without its reconnecting socket', () => {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['partysocket'],
    write: false,
  });
  expect(gzipSync(outputFiles[0].contents).length).toBeLessThanOrEqual(6 * 1024);
});
