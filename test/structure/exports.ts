import ts from 'typescript';
import { type Package, readJson, ROOT } from './sources.js';

/** Is one name of a package's public face, where it is declared. */
export interface Exported {
  readonly name: string;
  readonly path: string;
  /** Is its doc comment as text, empty without one. */
  readonly doc: string;
}

/** Lists what the entries of a package export and the package itself declares. */
export function exportsOf({ folder }: Package): Exported[] {
  const entries = entriesOf(folder);
  const { options } = commandLineOf(`${ROOT}${folder}/tsconfig.json`);
  const program = ts.createProgram(entries, options);
  const exported = entries.flatMap((entry) => exportedBy(program, entry));
  const own = exported.filter(({ path }) => path.startsWith(`${ROOT}${folder}/src/`));
  return own.map(({ path, ...rest }) => ({ ...rest, path: path.slice(ROOT.length) }));
}

/** Lists what one file of a program exports, re-exports followed to their declarations. */
export function exportedBy(program: ts.Program, entry: string): Exported[] {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entry);
  const module = file && checker.getSymbolAtLocation(file);
  if (!module) throw new Error(`${entry} is no module`);
  return checker.getExportsOfModule(module).map((symbol) => exportedAs(symbol, checker));
}

function entriesOf(folder: string): string[] {
  const { exports } = readJson(`${folder}/package.json`) as {
    exports: Record<string, string | Record<string, string>>;
  };
  const sources = Object.values(exports).map((entry) =>
    typeof entry === 'string' ? undefined : entry['channels-source'],
  );
  return sources.filter((source) => source !== undefined).map((path) => `${ROOT}${folder}/${path}`);
}

function exportedAs(symbol: ts.Symbol, checker: ts.TypeChecker): Exported {
  const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
  const declared = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
  const [declaration] = declared.getDeclarations() ?? [];
  if (!declaration) throw new Error(`${symbol.name} is declared nowhere`);
  const doc = ts.displayPartsToString(declared.getDocumentationComment(checker));
  return { name: symbol.name, path: declaration.getSourceFile().fileName, doc };
}

function commandLineOf(config: string): ts.ParsedCommandLine {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const commandLine = ts.getParsedCommandLineOfConfigFile(config, {}, host);
  if (!commandLine) throw new Error(`${config} cannot be read`);
  return commandLine;
}
