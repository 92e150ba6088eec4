import { describe, expect, it } from '@jest/globals';
import {
  importsOf,
  libs,
  type Package,
  packageNameOf,
  packages,
  problemsIn,
  sourcesOf,
  targetOf,
} from './sources.js';

const core: Package = { folder: 'libs/core', name: '@nest-channels/core', declared: [] };

describe('packages', () => {
  it('lists libs and apps by folder, with the names others import them by', () => {
    const listed = packages().map(({ folder, name }) => `${folder} ${name}`);
    expect(listed).toEqual(expect.arrayContaining(['libs/channels nest-channels']));
    expect(listed).toEqual(expect.arrayContaining(['apps/demo demo-app']));
  });

  it('knows dependencies and peer dependencies', () => {
    const channels = libs().find(({ name }) => name === 'nest-channels');
    expect(channels?.declared).toEqual(expect.arrayContaining(['ws', '@nestjs/common']));
  });
});

describe('sourcesOf', () => {
  it('lists the files of a package, those in sub-folders too', () => {
    const paths = libs().flatMap((lib) => sourcesOf(lib).map(({ path }) => path));
    expect(paths).toContain('libs/core/src/names.ts');
    expect(paths).toContain('libs/channels/src/server/connection.ts');
  });

  it('lists the tests of a package when asked for', () => {
    const paths = sourcesOf(core, 'test').map(({ path }) => path);
    expect(paths).toContain('libs/core/test/names.spec.ts');
  });
});

describe('problemsIn', () => {
  it('shows each source of each package to the check', () => {
    const seen = problemsIn([core], ({ path }, { name }) => [`${name} ${path}`]);
    expect(seen).toContain('@nest-channels/core libs/core/src/index.ts');
    expect(seen).toHaveLength(sourcesOf(core).length);
  });
});

describe('importsOf', () => {
  it('finds what a file names, but nothing in texts, comments and regular expressions', () => {
    const text = [
      "import a, { type B } from './a.js';",
      "// import './comment.js';",
      'const quotes = /["\'`]/;',
      'const text = `import "./text.js"`;',
      "const c = await import('./c.js');",
      "export { d } from './d.js';",
    ].join('\n');
    const specifiers = importsOf({ path: 'a.ts', text }).map(({ specifier }) => specifier);
    expect(specifiers).toEqual(['./a.js', './c.js', './d.js']);
  });
});

describe('targetOf', () => {
  it.each([
    ['./b.js', 'src/server/b.ts'],
    ['../b.c.js', 'src/b.c.ts'],
    ['..', 'src/index.ts'],
    ['./', 'src/server/index.ts'],
    ['../../data.json', 'data.json'],
    ['ws', undefined],
    ['node:fs', undefined],
  ])('leads from %s to %s', (specifier, target) => {
    expect(targetOf({ path: 'src/server/a.ts', text: '' }, specifier)).toBe(target);
  });
});

describe('packageNameOf', () => {
  it.each([
    ['ws', 'ws'],
    ['ws/lib/receiver.js', 'ws'],
    ['@nestjs/core/injector', '@nestjs/core'],
    ['node:fs/promises', 'node:fs'],
    ['./ws.js', undefined],
    ['../ws.js', undefined],
    ['..', undefined],
  ])('takes %s for %s', (specifier, name) => {
    expect(packageNameOf(specifier)).toBe(name);
  });
});
