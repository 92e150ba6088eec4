import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { hasModifier, libs, nodesOf, parse, problemsIn, type Source } from './sources.js';

/** Are the classes whose instances a module may hold: they are read, never filled. */
const STATELESS: ReadonlySet<string> = new Set([
  'ConfigurableModuleBuilder',
  'RegExp',
  'TextDecoder',
  'URL',
]);

describe('a lib', () => {
  it('keeps no state in its modules', () => {
    expect(problemsIn(libs(), stateIn)).toEqual([]);
  });
});

describe('the search for state', () => {
  it.each([
    'let count = 0;',
    'export let count = 0;',
    'var count = 0;',
    'const seen = new Set<string>();',
    'export const byName = new Map<string, number>([]);',
    'const owners = new WeakMap();',
    'const current = new AsyncLocalStorage();',
    'const logger = new Logger("Worker");',
    'const state = { seen: new Set() };',
    'const seen = Object.assign(new Set(), {});',
    'const list: string[] = [];',
    'const cache: Record<string, string> = {};',
    'class Registry { static last = 0; }',
    'class Registry { static readonly seen = new Map(); }',
    'class Registry { static readonly #all: string[] = []; }',
  ])('finds %s', (text) => {
    expect(stateIn(sample(text))).toHaveLength(1);
  });

  it.each([
    'const LIMIT = 64;',
    'const KEYS = ["a", "b"];',
    'const DEFAULTS = { a: 1 };',
    'const NAMES: ReadonlySet<string> = new Set(["a"]);',
    'const BY_NAME: ReadonlyMap<string, number> = new Map([["a", 1]]);',
    'const PATTERN = new RegExp("a");',
    'const { Built } = new ConfigurableModuleBuilder().build();',
    'const make = () => new Map();',
    'function count() { let sum = 0; return new Set([sum]); }',
    'class Router { #paths = new Map(); static readonly LIMIT = 5; static of() { return new Map(); } }',
  ])('finds nothing in %s', (text) => {
    expect(stateIn(sample(text))).toEqual([]);
  });
});

function sample(text: string): Source {
  return { path: 'libs/core/src/a.ts', text };
}

function stateIn(source: Source): string[] {
  const { statements } = parse(source);
  const found = [
    ...statements.filter(ts.isVariableStatement).flatMap(mutableVariables),
    ...statements.filter(ts.isClassDeclaration).flatMap(mutableStatics),
  ];
  return found.map((node) => `${source.path}: ${node.getText()}`);
}

function mutableVariables({ declarationList }: ts.VariableStatement): ts.Node[] {
  const isConstant = (declarationList.flags & ts.NodeFlags.Const) !== 0;
  return declarationList.declarations.filter((each) => !isConstant || holdsState(each));
}

function mutableStatics({ members }: ts.ClassDeclaration): ts.Node[] {
  const statics = members
    .filter(ts.isPropertyDeclaration)
    .filter((member) => hasModifier(member, ts.SyntaxKind.StaticKeyword));
  return statics.filter(
    (member) => !hasModifier(member, ts.SyntaxKind.ReadonlyKeyword) || holdsState(member),
  );
}

function holdsState({
  type,
  initializer,
}: ts.VariableDeclaration | ts.PropertyDeclaration): boolean {
  if (!initializer || /^Readonly(Set|Map)</.test(type?.getText() ?? '')) return false;
  return isEmptyCollection(initializer) || evaluatedIn(initializer).some(isStateful);
}

/** Tells `[]` and `{}`, which are of no use unless somebody fills them. */
function isEmptyCollection(node: ts.Node): boolean {
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0;
  return ts.isObjectLiteralExpression(node) && node.properties.length === 0;
}

function isStateful(node: ts.Node): boolean {
  return ts.isNewExpression(node) && !STATELESS.has(node.expression.getText());
}

/** Lists the nodes that are evaluated when the module is, so nothing inside functions. */
function evaluatedIn(node: ts.Node): ts.Node[] {
  const all = nodesOf(node);
  const later = all.filter((each) => ts.isFunctionLike(each) || ts.isClassLike(each));
  const inside = new Set(later.flatMap(nodesOf));
  return all.filter((each) => !inside.has(each));
}
