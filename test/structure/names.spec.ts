import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { hasModifier, libs, parse, problemsIn, type Source } from './sources.js';

const BANNED_IN_NAMES = /^(Manager|Helper|Util|Impl)s?$/;
/** Matches `IChannel`, `BaseLayer` and `BASE_LAYER`, but not `IPAddress`, `Base64` and `INVALID`. */
const PREFIXED = /^(I[A-Z][a-z]|Base[A-Z]|BASE_)/;
/** Is what users subclass, and know by this name. */
const SUBCLASSED = 'BaseConsumer';
/** Are words that name no part of a file; the others name no file or folder as a whole. */
const BANNED_IN_FILES = /^(manager|helper|util|impl)s?$/;
const BANNED_FILES = /^(common|misc|shared|type|interface|enum|constant)s?$/;
const FILE = /^[a-z0-9]+(-[a-z0-9]+)*(\.(module|decorators?|explorer|guard))?\.ts$/;

type Named = ts.DeclarationStatement | ts.VariableDeclaration;

describe('a lib', () => {
  it('exports no name that says nothing', () => {
    expect(problemsIn(libs(), vagueNames)).toEqual([]);
  });

  it('names its files in kebab-case after what they hold', () => {
    expect(problemsIn(libs(), ({ path }) => pathProblems(path))).toEqual([]);
  });
});

describe('the checks of names', () => {
  it.each([
    'export class ChannelManager {}',
    'export const sendHelper = 1;',
    'export function layerUtils() {}',
    'export class UtilBelt {}',
    'export class ChannelImpl {}',
    'export interface IChannel {}',
    'export abstract class BaseLayer {}',
    'export const BASE_LAYER = 1;',
    'export type HTTPManager = string;',
    'export enum Managers {}',
    'const { aHelper } = {}; export { aHelper };',
    'class Hidden {} export { Hidden as BaseHidden };',
  ])('find %s', (text) => {
    expect(vagueNames(sample(text))).toHaveLength(1);
  });

  it.each([
    'export class InvalidName {}',
    'export abstract class BaseConsumer {}',
    'export interface Include {}',
    'export class Basement {}',
    'export function implement() {}',
    'export const utilisation = 1;',
    'export class IPAddress {}',
    'export const I18N = 1;',
    'export const INVALID = 1;',
    'export class Base64 {}',
    'class Manager {}',
  ])('find nothing in %s', (text) => {
    expect(vagueNames(sample(text))).toEqual([]);
  });

  it.each(['src/RingBuffer.ts', 'src/ring_buffer.ts', 'src/ring.service.ts', 'src/types.ts'])(
    'find %s',
    (path) => {
      expect(pathProblems(`libs/core/${path}`)).toHaveLength(1);
    },
  );

  it.each(['src/utils/ring.ts', 'src/string-helpers.ts', 'src/constants.ts', 'src/misc/a.ts'])(
    'find %s',
    (path) => {
      expect(pathProblems(`libs/core/${path}`)).toHaveLength(1);
    },
  );

  it.each(['src/index.ts', 'src/channels.module.ts', 'src/server/interface-server.ts'])(
    'find nothing in %s',
    (path) => {
      expect(pathProblems(`libs/core/${path}`)).toEqual([]);
    },
  );
});

function sample(text: string): Source {
  return { path: 'libs/core/src/a.ts', text };
}

function vagueNames(source: Source): string[] {
  const vague = parse(source).statements.flatMap(exportedNames).filter(isVague);
  return vague.map((name) => `${source.path} exports ${name}`);
}

function isVague(name: string): boolean {
  if (name === SUBCLASSED) return false;
  return PREFIXED.test(name) || wordsOf(name).some((word) => BANNED_IN_NAMES.test(word));
}

/** Splits `sendHTTPHelper` and `SEND_HELPER` into words with a capital. */
function wordsOf(name: string): string[] {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  return words.map((word) => word[0].toUpperCase() + word.slice(1).toLowerCase());
}

function exportedNames(statement: ts.Statement): string[] {
  if (ts.isExportDeclaration(statement)) return specifierNames(statement);
  if (!hasModifier(statement, ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(nameOf);
  }
  return nameOf(statement as ts.DeclarationStatement);
}

function specifierNames({ exportClause }: ts.ExportDeclaration): string[] {
  if (exportClause?.kind !== ts.SyntaxKind.NamedExports) return [];
  return exportClause.elements.map(({ name }) => name.text);
}

function nameOf({ name }: Named): string[] {
  return name ? (name.getText().match(/\w+/g) ?? []) : [];
}

function pathProblems(path: string): string[] {
  const [, , , ...parts] = path.split('/');
  const names = parts.map((part) => part.replace(/\.ts$/, ''));
  const words = names.flatMap((name) => name.split(/[-.]/));
  const isWrong =
    !FILE.test(parts.at(-1) ?? '') ||
    names.some((name) => BANNED_FILES.test(name)) ||
    words.some((word) => BANNED_IN_FILES.test(word));
  return isWrong ? [path] : [];
}
