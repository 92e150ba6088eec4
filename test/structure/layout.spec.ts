import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { exists, libs, packages, parse, readJson, type Source, sourcesOf } from './sources.js';

const FILES = ['package.json', 'tsconfig.json', 'README.md', 'src/index.ts', 'src/errors.ts'];

describe('a lib', () => {
  it.each(libs())('$folder has the files that every lib has', ({ folder }) => {
    expect(missingFiles(folder, exists)).toEqual([]);
  });

  it.each(libs())('$folder has a spec for each source that does something', (lib) => {
    expect(missingSpecs(sourcesOf(lib), sourcesOf(lib, 'test'))).toEqual([]);
  });
});

describe('a package', () => {
  const folders = packages().map(({ folder }) => folder);

  it('is built with the workspace', () => {
    const { references } = readJson('tsconfig.json') as { references: { path: string }[] };
    expect(
      missing(
        folders,
        references.map(({ path }) => posix.normalize(path)),
      ),
    ).toEqual([]);
  });

  it('is known to the Nest CLI', () => {
    const { projects } = readJson('nest-cli.json') as {
      projects: Record<string, { root: string }>;
    };
    expect(
      missing(
        folders,
        Object.values(projects).map(({ root }) => root),
      ),
    ).toEqual([]);
  });
});

describe('the checks of layout', () => {
  const file = (path: string, text = 'export const a = 1;'): Source => ({ path, text });

  it('find a missing file', () => {
    expect(missingFiles('libs/a', (path) => path !== 'libs/a/README.md')).toEqual([
      'libs/a/README.md',
    ]);
  });

  it('find a folder that is not listed', () => {
    expect(missing(['libs/a', 'libs/b'], ['libs/b', 'docs/c'])).toEqual(['libs/a']);
  });

  it('find a source without a spec, wherever the specs are', () => {
    const sources = [
      file('libs/a/src/index.ts'),
      file('libs/a/src/ring.ts'),
      file('libs/a/src/server/mailbox.ts'),
      file('libs/a/src/a.module.ts'),
    ];
    const specs = [file('libs/a/test/server/mailbox.spec.ts'), file('libs/a/test/a.spec.ts')];
    expect(missingSpecs(sources, specs)).toEqual(['libs/a/src/ring.ts', 'libs/a/src/a.module.ts']);
  });

  it.each([
    "import type { B } from './b.js'; export interface A { b: B } export type C = A;",
    "export type { B } from './b.js'; declare module 'c' { interface D {} }",
  ])('ask no spec for types: %s', (text) => {
    expect(missingSpecs([file('libs/a/src/a.ts', text)], [])).toEqual([]);
  });
});

function missingFiles(folder: string, has: (path: string) => boolean): string[] {
  return FILES.map((file) => `${folder}/${file}`).filter((path) => !has(path));
}

function missing(expected: readonly string[], listed: readonly string[]): string[] {
  return expected.filter((each) => !listed.includes(each));
}

function missingSpecs(sources: readonly Source[], tests: readonly Source[]): string[] {
  const specs = new Set(tests.map(({ path }) => posix.basename(path)));
  const tested = sources.filter((source) => !isIndex(source) && !holdsTypesOnly(source));
  const without = tested.filter(({ path }) => !specs.has(specNameOf(path)));
  return without.map(({ path }) => path);
}

function specNameOf(path: string): string {
  return `${posix.basename(path, '.ts')}.spec.ts`;
}

function isIndex({ path }: Source): boolean {
  return path.endsWith('/src/index.ts');
}

function holdsTypesOnly(source: Source): boolean {
  return parse(source).statements.every(
    (statement) =>
      ts.isImportDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isModuleDeclaration(statement) ||
      (ts.isExportDeclaration(statement) && statement.isTypeOnly),
  );
}
