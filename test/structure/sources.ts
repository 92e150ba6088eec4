import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Is the folder of the workspace; every other path here is relative to it, with slashes. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Is one package of the workspace. */
export interface Package {
  /** Is its path, such as `libs/core`. */
  readonly folder: string;
  /** Is what others import it by; its folder if it has no package.json. */
  readonly name: string;
  /** Are the packages it declares as `dependencies` or `peerDependencies`. */
  readonly declared: readonly string[];
}

/** Is one TypeScript file. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** Is one module that a file names: in an import, a re-export or an import type. */
export interface Import {
  readonly specifier: string;
  /** Is true if it is gone at run time, because all it names is marked as a type. */
  readonly isErased: boolean;
}

interface Manifest {
  readonly name?: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Lists the packages of the workspace, in the order of their folders. */
export function packages(): Package[] {
  const { workspaces = [] } = readJson('package.json') as Manifest;
  return workspaces.flatMap(foldersOf).map(packageIn);
}

/** Lists the packages that applications install. */
export function libs(): Package[] {
  return packages().filter(isLib);
}

export function isLib({ folder }: Package): boolean {
  return folder.startsWith('libs/');
}

/** Lists the TypeScript files of a package, those under `src` or those under `test`. */
export function sourcesOf({ folder }: Package, part: 'src' | 'test' = 'src'): Source[] {
  const start = `${folder}/${part}`;
  if (!exists(start)) return [];
  const names = readdirSync(ROOT + start, { recursive: true, encoding: 'utf8' });
  const paths = names.map((name) => `${start}/${name.split(sep).join('/')}`);
  const typeScript = paths.filter((path) => /\.[cm]?tsx?$/.test(path)).toSorted();
  return typeScript.map((path) => ({ path, text: readText(path) }));
}

/** Applies a check to each source of these packages and returns all that it found. */
export function problemsIn(
  all: readonly Package[],
  check: (source: Source, owner: Package) => string[],
): string[] {
  return all.flatMap((owner) => sourcesOf(owner).flatMap((source) => check(source, owner)));
}

export function parse({ path, text }: Source): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** Returns a node and everything below it. */
export function nodesOf(node: ts.Node): ts.Node[] {
  const nodes = [node];
  ts.forEachChild(node, (child) => void nodes.push(...nodesOf(child)));
  return nodes;
}

/** Tells whether a declaration carries `export`, `default`, `static` or the like. */
export function hasModifier(node: ts.Node, kind: ts.ModifierSyntaxKind): boolean {
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return modifiers.some((modifier) => modifier.kind === kind);
}

/** Lists the modules that a file names, in the order it does. */
export function importsOf(source: Source): Import[] {
  return nodesOf(parse(source)).flatMap((node) => {
    const specifier = specifierOf(node);
    return specifier === undefined ? [] : [{ specifier, isErased: isErased(node) }];
  });
}

/** Returns the file that a relative specifier leads to, or undefined for a package. */
export function targetOf({ path }: Source, specifier: string): string | undefined {
  if (!/^\.{0,2}(\/|$)/.test(specifier)) return undefined;
  const target = posix.join(posix.dirname(path), specifier);
  return /\.\w+$/.test(target) ? target.replace(/js$/, 'ts') : posix.join(target, 'index.ts');
}

/** Returns the package of a specifier without its sub-path, or undefined for a relative one. */
export function packageNameOf(specifier: string): string | undefined {
  return /^(?:@[^/]+\/)?[^./][^/]*/.exec(specifier)?.[0];
}

export function exists(path: string): boolean {
  return existsSync(ROOT + path);
}

export function readText(path: string): string {
  return readFileSync(ROOT + path, 'utf8');
}

/** Reads JSON that may hold comments, as a tsconfig does. */
export function readJson(path: string): unknown {
  const { config, error } = ts.parseConfigFileTextToJson(path, readText(path));
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  return config as unknown;
}

function foldersOf(workspace: string): string[] {
  const [parent, rest] = workspace.split('/*');
  if (rest === undefined) return [workspace];
  const entries = readdirSync(ROOT + parent, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => `${parent}/${name}`).toSorted();
}

function packageIn(folder: string): Package {
  const path = `${folder}/package.json`;
  const manifest = (exists(path) ? readJson(path) : {}) as Manifest;
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
  return { folder, name: manifest.name ?? folder, declared: Object.keys(declared) };
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return textOf(node.moduleSpecifier);
  }
  if (ts.isExternalModuleReference(node)) return textOf(node.expression);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return textOf(node.argument.literal);
  }
  const isDynamic =
    ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isDynamic ? textOf(node.arguments[0]) : undefined;
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function isErased(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return isErasedImport(node.importClause);
  if (ts.isExportDeclaration(node)) return isErasedExport(node);
  return ts.isImportTypeNode(node);
}

function isErasedImport(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return !clause.name && bindings?.kind === ts.SyntaxKind.NamedImports && areTypes(bindings);
}

function isErasedExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  return (
    isTypeOnly || (exportClause?.kind === ts.SyntaxKind.NamedExports && areTypes(exportClause))
  );
}

function areTypes({ elements }: ts.NamedImports | ts.NamedExports): boolean {
  return elements.length > 0 && elements.every((element) => element.isTypeOnly);
}
