/** Matches what is no code: comments, texts and templates. */
const NO_CODE =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** Matches the declaration of a private name, but for one of the class itself. */
const DECLARATION =
  /(?<=^|[{};\n*]|\b(?:async|get|set|accessor))(?<!\bstatic\s*(?:async|get|set|accessor)?\s*\*?)\s*#([\p{ID_Continue}$]+)\s*(?=[=;({}\n])/gu;

/** Is what compilers write instead for older engines. */
const COMPILED = /\b_?_class_?private_?(?:field|method)\w*/i;

/**
 * Lists the private names (`#count`) that a class, or one that it extends, declares.
 *
 * They belong to the very object that a constructor made, so that a view of it has none of them.
 *
 * @param root is the class, itself extended by `type`, whose own ones do not count
 */
export function privateNames(type: object, root: object): string[] {
  const names: string[] = [];
  for (let each = type; each !== root; each = Object.getPrototypeOf(each) as object) {
    const source = Function.prototype.toString.call(each).replace(NO_CODE, '""');
    names.push(...[...source.matchAll(DECLARATION)].map(([, name]) => `#${name}`));
    if (COMPILED.test(source)) names.push('#…');
  }
  return [...new Set(names)];
}
