import { isBuiltin } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import {
  importsOf,
  isLib,
  libs,
  type Package,
  packageNameOf,
  packages,
  problemsIn,
  type Source,
  sourcesOf,
  targetOf,
} from './sources.js';

const EVERY_LIB = libs().map(({ name }) => name);

/** Is what each package may import of the workspace. A new package gets a row of its own. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  '@nest-channels/core': [],
  '@nest-channels/conformance': ['@nest-channels/core'],
  '@nest-channels/redis': ['@nest-channels/core'],
  '@nest-channels/client': [],
  'nest-channels': ['@nest-channels/core'],
  '@nest-channels/testing': ['@nest-channels/core', 'nest-channels'],
  '@nest-channels/sessions': ['@nest-channels/core', 'nest-channels'],
  'demo-app': EVERY_LIB,
  'server-app': [...EVERY_LIB, 'demo-app'],
  'worker-app': [...EVERY_LIB, 'demo-app'],
  'cluster-app': [],
};

/** Is the one lib that may name each client of a networked back end; apps choose theirs. */
const OWNER_OF_CLIENT: Readonly<Record<string, string>> = {
  '@redis/client': 'nobody',
  'amqp-connection-manager': 'nobody',
  amqplib: '@nest-channels/rabbitmq',
  ioredis: '@nest-channels/redis',
  iovalkey: 'nobody',
  kafkajs: 'nobody',
  mqtt: 'nobody',
  nats: 'nobody',
  'node-ipc': 'nobody',
  pg: 'nobody',
  'rabbitmq-client': 'nobody',
  redis: 'nobody',
  zeromq: 'nobody',
};

describe('a package', () => {
  it('has a row in the table of what it may import', () => {
    const names = packages().map(({ name }) => name);
    expect(Object.keys(MAY_IMPORT).toSorted()).toEqual(names.toSorted());
  });

  it('imports of the workspace only what its row allows', () => {
    const names = packages().map(({ name }) => name);
    const check = (source: Source, owner: Package) => againstTheTable(source, owner, names);
    expect(problemsIn(packages(), check)).toEqual([]);
  });

  it('reaches other packages by their names, never by a path', () => {
    expect(problemsIn(packages(), pathsOutOf)).toEqual([]);
  });

  it('declares every package it imports, and names builtins with node:', () => {
    expect(problemsIn(packages(), undeclared)).toEqual([]);
  });
});

describe('a lib', () => {
  it('names no client of a networked back end but its own', () => {
    expect(problemsIn(libs(), foreignClientImports)).toEqual([]);
    expect(libs().flatMap(foreignClientDependencies)).toEqual([]);
  });
});

describe('the table', () => {
  it('lets no lib import an app', () => {
    const apps = packages().filter((each) => !isLib(each));
    const found = libs().flatMap((lib) => rowOf(lib).filter((name) => isOneOf(apps, name)));
    expect(found).toEqual([]);
  });

  it('lets nobody but server and worker import an app', () => {
    const apps = packages().filter((each) => !isLib(each));
    const found = apps.filter((app) => rowOf(app).some((name) => isOneOf(apps, name)));
    expect(found.map(({ folder }) => folder)).toEqual(['apps/server', 'apps/worker']);
  });
});

describe('core', () => {
  it('imports nothing of Nest and no rxjs', () => {
    const core = packages().filter(({ folder }) => folder === 'libs/core');
    expect(problemsIn(core, frameworkImports)).toEqual([]);
  });
});

describe('server and worker', () => {
  it('never import each other', () => {
    const channels = packages().filter(({ folder }) => folder === 'libs/channels');
    expect(problemsIn(channels, acrossServerAndWorker)).toEqual([]);
  });
});

describe('a test of a package', () => {
  it('reaches other packages by their names, never by a path', () => {
    const found = packages().flatMap((owner) =>
      sourcesOf(owner, 'test').flatMap((source) => pathsOutside(source, `${owner.folder}/`)),
    );
    expect(found).toEqual([]);
  });
});

describe('the checks of direction', () => {
  const core = { folder: 'libs/core', name: '@nest-channels/core', declared: ['ws'] };
  const sample = (text: string, path = 'libs/core/src/a.ts'): Source => ({ path, text });

  it('find an import against the table, of values, types and at run time', () => {
    const workspace = [core.name, 'nest-channels'];
    for (const text of [
      "import { Channels } from 'nest-channels';",
      "import type { Channels } from 'nest-channels';",
      "export { Channels } from 'nest-channels';",
      "const channels = await import('nest-channels');",
      "type Channels = import('nest-channels').Channels;",
    ]) {
      expect(againstTheTable(sample(text), core, workspace)).toEqual([
        'libs/core/src/a.ts imports nest-channels',
      ]);
    }
  });

  it('find a path that leaves the sources of a package', () => {
    for (const path of ['../../channels/src/index.js', '../test/support/inbox.js']) {
      expect(pathsOutOf(sample(`import '${path}';`), core)).toHaveLength(1);
    }
    expect(pathsOutOf(sample("import './b.js';"), core)).toEqual([]);
  });

  it('find an undeclared package and a builtin without its prefix', () => {
    expect(undeclared(sample("import 'rxjs/operators';"), core)).toHaveLength(1);
    expect(undeclared(sample("import { once } from 'events';"), core)).toHaveLength(1);
    expect(undeclared(sample("import 'node:fs/promises'; import 'ws/lib/a';"), core)).toEqual([]);
  });

  it('find a client of a networked back end in imports and dependencies', () => {
    expect(foreignClientImports(sample("import type { Redis } from 'ioredis';"), core)).toEqual([
      'libs/core/src/a.ts imports ioredis',
    ]);
    expect(foreignClientDependencies({ ...core, declared: ['amqplib'] })).toEqual([
      'libs/core/package.json declares amqplib',
    ]);
  });

  it('find Nest and rxjs', () => {
    const text = "import type { Type } from '@nestjs/common'; import { of } from 'rxjs';";
    expect(frameworkImports(sample(text))).toHaveLength(2);
  });

  it('find server and worker importing each other', () => {
    const server = sample("import '../worker/slots.js';", 'libs/channels/src/server/mailbox.ts');
    const worker = sample("import '../server/mailbox.js';", 'libs/channels/src/worker/slots.ts');
    expect([server, worker].flatMap(acrossServerAndWorker)).toHaveLength(2);
  });
});

function againstTheTable(source: Source, owner: Package, workspace: readonly string[]): string[] {
  const foreign = packagesNamedBy(source).filter((name) => name !== owner.name);
  const strays = foreign.filter((name) => workspace.includes(name) && !rowOf(owner).includes(name));
  return strays.map((name) => `${source.path} imports ${name}`);
}

function pathsOutOf(source: Source, { folder }: Package): string[] {
  return pathsOutside(source, `${folder}/src/`);
}

function pathsOutside(source: Source, home: string): string[] {
  const targets = importsOf(source).map(({ specifier }) => targetOf(source, specifier));
  const outside = targets.filter((target) => target !== undefined && !target.startsWith(home));
  return outside.map((target) => `${source.path} imports ${target}`);
}

function undeclared(source: Source, { name: own, declared }: Package): string[] {
  const names = packagesNamedBy(source).filter((name) => !name.startsWith('node:'));
  const strays = names.filter((name) => name !== own && !declared.includes(name));
  return strays.map((name) =>
    isBuiltin(name)
      ? `${source.path} imports ${name} instead of node:${name}`
      : `${source.path} imports ${name}, which its package does not declare`,
  );
}

function foreignClientImports(source: Source, { name: own }: Package): string[] {
  const clients = packagesNamedBy(source).filter((name) => isForeignClient(name, own));
  return clients.map((name) => `${source.path} imports ${name}`);
}

function foreignClientDependencies({ folder, name: own, declared }: Package): string[] {
  const clients = declared.filter((name) => isForeignClient(name, own));
  return clients.map((name) => `${folder}/package.json declares ${name}`);
}

function isForeignClient(name: string, own: string): boolean {
  return Object.hasOwn(OWNER_OF_CLIENT, name) && OWNER_OF_CLIENT[name] !== own;
}

function frameworkImports(source: Source): string[] {
  const names = packagesNamedBy(source).filter((name) => /^(@nestjs\/.*|rxjs)$/.test(name));
  return names.map((name) => `${source.path} imports ${name}`);
}

function acrossServerAndWorker(source: Source): string[] {
  const home = sideOf(source.path);
  const targets = importsOf(source).map(({ specifier }) => targetOf(source, specifier) ?? '');
  const across = targets.filter((target) => home && sideOf(target) && sideOf(target) !== home);
  return across.map((target) => `${source.path} imports ${target}`);
}

function sideOf(path: string): string | undefined {
  return /^libs\/channels\/src\/(server|worker)\//.exec(path)?.[1];
}

function packagesNamedBy(source: Source): string[] {
  const names = importsOf(source).map(({ specifier }) => packageNameOf(specifier));
  return names.filter((name) => name !== undefined);
}

function rowOf({ name }: Package): readonly string[] {
  return MAY_IMPORT[name] ?? [];
}

function isOneOf(candidates: readonly Package[], name: string): boolean {
  return candidates.some((candidate) => candidate.name === name);
}
