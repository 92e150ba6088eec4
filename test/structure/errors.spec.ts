import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import {
  exists,
  libs,
  nodesOf,
  type Package,
  parse,
  readText,
  type Source,
  sourcesOf,
} from './sources.js';

const DOCUMENT = 'docs/errors.md';
const CODE = /^CHANNELS(_[A-Z]+){2,}$/;

/** Is one `###` section of the document. */
interface Section {
  readonly heading: string;
  readonly body: string;
}

describe('the codes of the libs', () => {
  it('are those of docs/errors.md, in alphabetical order', () => {
    expect(sectionsOf(readText(DOCUMENT)).map(({ heading }) => heading)).toEqual(
      libs().flatMap(declaredIn).toSorted(),
    );
  });

  it('are CHANNELS_<AREA>_<WHAT>', () => {
    expect(libs().flatMap(declaredIn).filter(isMisnamed)).toEqual([]);
  });

  it('are each declared once', () => {
    expect(repeatedIn(libs().flatMap(declaredIn))).toEqual([]);
  });

  it.each(libs())('of $name are those its errors carry', (lib) => {
    const carried = sourcesOf(lib).flatMap(codesCarriedBy);
    expect([...new Set(carried)].toSorted()).toEqual(declaredIn(lib).toSorted());
  });

  it('include every code that a doc comment names', () => {
    const declared = new Set(libs().flatMap(declaredIn));
    const named = libs().flatMap((lib) => sourcesOf(lib).flatMap(codesNamedIn));
    expect(named.filter((code) => !declared.has(code))).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  it('tells of each code what it means and what to do', () => {
    expect(sectionsOf(readText(DOCUMENT)).filter(isIncomplete)).toEqual([]);
  });
});

describe('the checks of errors', () => {
  const sample = (text: string): Source => ({ path: 'libs/core/src/errors.ts', text });

  it('read the codes from the unions, however they are written', () => {
    const union =
      "export type CoreErrorCode = 'CHANNELS_A_B' | 'OTHER'; type Else = 'CHANNELS_X_Y';";
    expect(codesDeclaredIn(sample(union))).toEqual(['CHANNELS_A_B', 'OTHER']);
    expect(codesDeclaredIn(sample("type AErrorCode = 'CHANNELS_A_B';"))).toEqual(['CHANNELS_A_B']);
  });

  it('read the codes that errors carry, and those that comments name', () => {
    const text =
      "/** @throws `CHANNELS_C_D` */ type E = 'CHANNELS_A_B'; super('CHANNELS_E_F', '');";
    expect(codesCarriedBy(sample(text))).toEqual(['CHANNELS_E_F']);
    expect(codesNamedIn(sample(text))).toEqual(['CHANNELS_C_D']);
  });

  it('find a misnamed and a repeated code', () => {
    const codes = ['CHANNELS_A_B', 'ERR_A_B', 'CHANNELS_A', 'CHANNELS_a_B', 'CHANNELS_A_B'];
    expect(codes.filter(isMisnamed)).toEqual(['ERR_A_B', 'CHANNELS_A', 'CHANNELS_a_B']);
    expect(repeatedIn(codes)).toEqual(['CHANNELS_A_B']);
  });

  it('find a section without meaning or remedy', () => {
    const whole = '### CHANNELS_A_B\n\n**Meaning.** It is.\n\n**What to do.** Do.\n\n';
    const [good, bad] = sectionsOf(`# Errors\n\n${whole}### CHANNELS_C_D\n\n**Meaning.** It is.\n`);
    expect(good.heading).toBe('CHANNELS_A_B');
    expect([good, bad].filter(isIncomplete)).toEqual([bad]);
  });

  it('end a section at the next heading of any level', () => {
    const [section] = sectionsOf('### CHANNELS_A_B\n\nIt is.\n\n## Else\n\nMore.\n');
    expect(section).toEqual({ heading: 'CHANNELS_A_B', body: 'It is.' });
  });
});

function declaredIn({ folder }: Package): string[] {
  const path = `${folder}/src/errors.ts`;
  return exists(path) ? codesDeclaredIn({ path, text: readText(path) }) : [];
}

/** Lists the texts in the types whose name ends in `ErrorCode`. */
function codesDeclaredIn(source: Source): string[] {
  const aliases = nodesOf(parse(source)).filter(ts.isTypeAliasDeclaration);
  const unions = aliases.filter(({ name }) => name.text.endsWith('ErrorCode'));
  return unions.flatMap((union) => nodesOf(union).filter(ts.isStringLiteral).map(textOf));
}

/** Lists the codes that stand in an expression, such as an argument of `super`. */
function codesCarriedBy(source: Source): string[] {
  const literals = nodesOf(parse(source)).filter(ts.isStringLiteralLike);
  const values = literals.filter(({ parent }) => !ts.isLiteralTypeNode(parent));
  return values.map(textOf).filter((text) => CODE.test(text));
}

/** Lists the codes between backticks, which is how doc comments name them. */
function codesNamedIn({ text }: Source): string[] {
  return [...text.matchAll(/`(CHANNELS_[A-Z_]+)`/g)].map(([, code]) => code);
}

function isMisnamed(code: string): boolean {
  return !CODE.test(code);
}

function repeatedIn(codes: readonly string[]): string[] {
  return codes.filter((code, index) => codes.indexOf(code) < index);
}

function sectionsOf(markdown: string): Section[] {
  const parts = markdown.split(/^(?=#+ )/m).filter((part) => part.startsWith('### '));
  return parts.map((part) => {
    const [line, ...body] = part.split('\n');
    return { heading: line.slice('### '.length).trim(), body: body.join('\n').trim() };
  });
}

function isIncomplete({ body }: Section): boolean {
  return !['**Meaning.** ', '**What to do.** '].every((label) => body.includes(label));
}

function textOf({ text }: ts.StringLiteralLike): string {
  return text;
}
