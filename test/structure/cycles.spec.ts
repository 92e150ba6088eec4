import { describe, expect, it } from '@jest/globals';
import { importsOf, packages, type Source, sourcesOf, targetOf } from './sources.js';

/** Maps each file to the files whose values it imports. */
type Graph = ReadonlyMap<string, readonly string[]>;

describe('a package', () => {
  it.each(packages())('$name has no cycle of value imports', (owner) => {
    expect(cyclesIn(graphOf(sourcesOf(owner)))).toEqual([]);
  });
});

describe('the search for cycles', () => {
  it('prints a cycle from its first file back to it', () => {
    const files = [file('a', "import { b } from './b.js';"), file('b', "export * from './a.js';")];
    expect(cyclesIn(graphOf(files))).toEqual(['src/a.ts → src/b.ts → src/a.ts']);
  });

  it('finds each of two cycles, also behind a file that is in none', () => {
    const graph = new Map([
      ['start', ['a', 'd']],
      ['a', ['b']],
      ['b', ['c', 'end']],
      ['c', ['a']],
      ['d', ['d']],
      ['end', []],
    ]);
    expect(cyclesIn(graph)).toEqual(['a → b → c → a', 'd → d']);
  });

  it('finds none where two ways lead to one file', () => {
    const graph = new Map([
      ['a', ['b', 'c']],
      ['b', ['d']],
      ['c', ['d']],
      ['d', []],
    ]);
    expect(cyclesIn(graph)).toEqual([]);
  });

  it.each([
    "import type { B } from './b.js';",
    "import { type B, type C } from './b.js';",
    "export type { B } from './b.js';",
    "export { type B } from './b.js';",
    "type B = import('./b.js').B;",
  ])('leaves out what is erased: %s', (text) => {
    expect(graphOf([file('a', text)]).get('src/a.ts')).toEqual([]);
  });

  it.each([
    "import './b.js';",
    "import {} from './b.js';",
    "import b, { type B } from './b.js';",
    "import { b, type B } from './b.js';",
    "const b = await import('./b.js');",
  ])('counts what is left at run time: %s', (text) => {
    expect(graphOf([file('a', text)]).get('src/a.ts')).toEqual(['src/b.ts']);
  });
});

function file(name: string, text: string): Source {
  return { path: `src/${name}.ts`, text };
}

function graphOf(sources: readonly Source[]): Graph {
  return new Map(sources.map((source) => [source.path, valueTargetsOf(source)]));
}

function valueTargetsOf(source: Source): string[] {
  const values = importsOf(source).filter(({ isErased }) => !isErased);
  const targets = values.map(({ specifier }) => targetOf(source, specifier));
  return targets.filter((target) => target !== undefined);
}

function cyclesIn(graph: Graph): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) return void cycles.push([...trail.slice(start), path].join(' → '));
    if (done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}
