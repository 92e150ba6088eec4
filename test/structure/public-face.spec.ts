import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { type Exported, exportedBy, exportsOf } from './exports.js';
import {
  exists,
  hasModifier,
  importsOf,
  libs,
  nodesOf,
  type Package,
  packageNameOf,
  packages,
  parse,
  problemsIn,
  readText,
  type Source,
  targetOf,
} from './sources.js';

const INDEX_LINES_LIMIT = 120;
const SENTENCE_LENGTH_LIMIT = 100;
const COMPILE_TIMEOUT_MS = 60_000;

describe('a package', () => {
  it('never imports its own index', () => {
    expect(problemsIn(packages(), ownIndexImports)).toEqual([]);
  });

  it('imports Nest by its public entry points only', () => {
    expect(problemsIn(packages(), deepNestImports)).toEqual([]);
  });
});

describe('a lib', () => {
  it('has no default export', () => {
    expect(problemsIn(libs(), defaultExports)).toEqual([]);
  });

  it('re-exports in its index only', () => {
    expect(problemsIn(libs(), reExportsOutsideIndex)).toEqual([]);
  });

  it.each(libs())(
    '$name documents all it exports, first in a sentence of at most 100 characters',
    (lib) => {
      expect(exportsOf(lib).flatMap(docProblems)).toEqual([]);
    },
    COMPILE_TIMEOUT_MS,
  );
});

describe('an index', () => {
  it.each(libs().map(({ folder }) => `${folder}/src/index.ts`))(
    '%s only re-exports names, on few lines',
    (path) => {
      expect(exists(path)).toBe(true);
      expect(indexProblems({ path, text: readText(path) })).toEqual([]);
    },
  );
});

describe('the checks of the public face', () => {
  const core = { folder: 'libs/core', name: '@nest-channels/core', declared: [] };
  const sample = (text: string, path = 'libs/core/src/a.ts'): Source => ({ path, text });

  it.each(['./index.js', '.', './', '@nest-channels/core'])(
    'find an import of the own index by %s',
    (specifier) => {
      expect(ownIndexImports(sample(`import type { A } from '${specifier}';`), core)).toHaveLength(
        1,
      );
    },
  );

  it.each(['@nestjs/core/injector/injector.js', '@nestjs/common/internal'])(
    'find the deep import %s',
    (specifier) => {
      expect(deepNestImports(sample(`import '${specifier}';`))).toHaveLength(1);
      expect(deepNestImports(sample("import '@nestjs/platform-express';"))).toEqual([]);
    },
  );

  it.each([
    'export default class A {}',
    'export default function a() {}',
    'const a = 1; export default a;',
    'const a = 1; export { a as default };',
  ])('find a default export: %s', (text) => {
    expect(defaultExports(sample(text))).toHaveLength(1);
  });

  it('find a re-export outside the index', () => {
    const text = "export { b } from './b.js'; export const a = 1; export { c };";
    expect(reExportsOutsideIndex(sample(text))).toHaveLength(1);
    expect(reExportsOutsideIndex(sample(text, 'libs/core/src/index.ts'))).toEqual([]);
  });

  it.each([
    ["export * from './a.js';", 1],
    ["export * as a from './a.js';", 1],
    ['export const a = 1;', 1],
    ["import { a } from './a.js'; export { a };", 2],
    ["import './a.js';", 1],
    ["export { a } from './a.js';\n".repeat(INDEX_LINES_LIMIT + 1), 1],
    ["export { a, type B } from './a.js'; export type { C } from './c.js';", 0],
  ])('find what is wrong with an index: %j', (text, count) => {
    expect(indexProblems(sample(text))).toHaveLength(count);
  });

  it('find exports without a doc comment or with a long first sentence', () => {
    const long = `Is ${'very '.repeat(20)}long`;
    const program = programOf({
      '/index.ts': "export { a, B, type C, type D, e, F } from './a.js';",
      '/a.ts': [
        '/** Is good. And this goes on, without any limit, for as long as it is of use to readers. */',
        'export const a = 1;',
        'export class B {}',
        'export interface C {}',
        `/** ${long}. */`,
        'export type D = string;',
        '/** @throws InvalidName */',
        'export function e(): void {}',
        '/** Holds `a.b`, 0.5 of it. */',
        'export class F {}',
      ].join('\n'),
    });
    expect(exportedBy(program, '/index.ts').flatMap(docProblems)).toEqual([
      '/a.ts: B has no doc comment',
      '/a.ts: C has no doc comment',
      `/a.ts: the first sentence on D has ${long.length + 1} characters`,
      '/a.ts: e has no doc comment',
    ]);
  });
});

function ownIndexImports(source: Source, { folder, name }: Package): string[] {
  const own = importsOf(source).filter(
    ({ specifier }) =>
      packageNameOf(specifier) === name || targetOf(source, specifier) === `${folder}/src/index.ts`,
  );
  return own.map(({ specifier }) => `${source.path} imports ${specifier}`);
}

function deepNestImports(source: Source): string[] {
  const deep = importsOf(source).filter(({ specifier }) => /^@nestjs\/[^/]+\//.test(specifier));
  return deep.map(({ specifier }) => `${source.path} imports ${specifier}`);
}

function defaultExports(source: Source): string[] {
  const found = nodesOf(parse(source)).filter(
    (node) =>
      ts.isExportAssignment(node) ||
      hasModifier(node, ts.SyntaxKind.DefaultKeyword) ||
      (ts.isExportSpecifier(node) && node.name.text === 'default'),
  );
  return found.map(() => `${source.path} has a default export`);
}

function reExportsOutsideIndex(source: Source): string[] {
  if (source.path.endsWith('/src/index.ts')) return [];
  const found = parse(source).statements.filter(
    (statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier,
  );
  return found.map((statement) => `${source.path}: ${statement.getText()}`);
}

function indexProblems(source: Source): string[] {
  const lines = source.text.trimEnd().split('\n').length;
  const others = parse(source).statements.filter((statement) => !isNamedReExport(statement));
  return [
    ...(lines > INDEX_LINES_LIMIT ? [`${source.path} has ${lines} lines`] : []),
    ...others.map((statement) => `${source.path}: ${statement.getText()}`),
  ];
}

function isNamedReExport(statement: ts.Statement): boolean {
  if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier) return false;
  return statement.exportClause?.kind === ts.SyntaxKind.NamedExports;
}

function docProblems({ name, path, doc }: Exported): string[] {
  if (!doc) return [`${path}: ${name} has no doc comment`];
  const { length } = firstSentenceOf(doc);
  if (length <= SENTENCE_LENGTH_LIMIT) return [];
  return [`${path}: the first sentence on ${name} has ${length} characters`];
}

/** Returns what stands before the first full stop that ends a word, or before an empty line. */
function firstSentenceOf(doc: string): string {
  const [paragraph] = doc.trim().split(/\n\s*\n/);
  const text = paragraph.replace(/\s+/g, ' ');
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}

function programOf(files: Readonly<Record<string, string>>): ts.Program {
  const options: ts.CompilerOptions = { noLib: true, types: [] };
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost(options),
    fileExists: (path) => path in files,
    readFile: (path) => files[path],
    getSourceFile: (path, version) =>
      path in files ? ts.createSourceFile(path, files[path], version) : undefined,
  };
  return ts.createProgram(Object.keys(files), options, host);
}
