// Compares the code in docs/guide with the files it is taken from; --update writes it anew.
//
// <!-- snippet: chat/app.module.ts --> stands above a block that is the file docs/snippets/chat/app.module.ts,
// <!-- snippet: testing/by-hand.spec.ts#client --> above one that is a region of a file.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const GUIDE = fileURLToPath(new URL('../../docs/guide/', import.meta.url));
const SNIPPETS = fileURLToPath(new URL('../../docs/snippets/', import.meta.url));
const BLOCK = /^<!-- snippet: (\S+) -->\n\n```(\w+)\n(.*?)^```$/gms;
const ANY_CODE = /^```(?:tsx?|js|html|mjs)\n/gm;

const isUpdate = process.argv.includes('--update');
const pages = readdirSync(GUIDE).filter((name) => name.endsWith('.md'));
const problems = pages.flatMap(problemsOf);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

function problemsOf(page) {
  const text = readFileSync(join(GUIDE, page), 'utf8');
  const fresh = text.replace(BLOCK, (_block, source) => block(source));
  if (isUpdate) writeFileSync(join(GUIDE, page), fresh);
  const taken = [...text.matchAll(BLOCK)].length;
  const all = [...text.matchAll(ANY_CODE)].length;
  return [
    ...(isUpdate || fresh === text ? [] : [`${page}: code differs from its file; --update`]),
    ...(taken === all ? [] : [`${page}: ${all - taken} blocks of code come from no file`]),
  ];
}

function block(source) {
  const [path, region] = source.split('#');
  const text = readFileSync(join(SNIPPETS, path), 'utf8');
  const code = region === undefined ? text : regionOf(text, region, source);
  return `<!-- snippet: ${source} -->\n\n\`\`\`${extname(path).slice(1)}\n${code.trim()}\n\`\`\``;
}

function regionOf(text, region, source) {
  const match = new RegExp(`^ *// #region ${region}\\n(.*?)^ *// #endregion`, 'ms').exec(text);
  if (!match) throw new Error(`There is no region ${source}`);
  const lines = match[1].split('\n');
  const indents = lines.filter((line) => line.trim()).map((line) => line.search(/\S/));
  return lines.map((line) => line.slice(Math.min(...indents))).join('\n');
}
