// Bundles the client for a <script> tag, as dist/channels.js; everything is under `channels`.
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

buildSync({
  entryPoints: [path('dist/index.js')],
  outfile: path('dist/channels.js'),
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'channels',
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'warning',
});
