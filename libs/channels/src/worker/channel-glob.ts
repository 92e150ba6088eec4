type Token = '*' | ((char: string) => boolean);

/**
 * Is a pattern for channel names, as in a shell: `*`, `?`, `[abc]`, `[a-z]`, `[!a-z]`.
 *
 * It is case-sensitive and matches whole names; `yes.*` does not match `yes`. A `[` that is not
 * closed stands for itself. Matching takes no longer than pattern times name, whatever the pattern.
 */
export class ChannelGlob {
  readonly #tokens: readonly Token[];

  constructor(pattern: string) {
    this.#tokens = tokensOf(pattern);
  }

  matches(name: string): boolean {
    let [at, token] = [0, 0];
    let [resumeAt, afterStar] = [0, -1];
    while (at < name.length) {
      const current = this.#tokens[token];
      if (current === '*') [afterStar, resumeAt] = [++token, at];
      else if (current?.(name[at])) [at, token] = [at + 1, token + 1];
      else if (afterStar < 0) return false;
      // Only the last star need take more: what stands before it has matched as early as possible.
      else [at, token] = [++resumeAt, afterStar];
    }
    return this.#tokens.slice(token).every((rest) => rest === '*');
  }
}

const CHARACTER_CLASS = /^\[(!?)(\]?[^\]]*)\]/;

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length;) {
    const found = pattern[at] === '[' ? CHARACTER_CLASS.exec(pattern.slice(at)) : null;
    tokens.push(found ? oneOf(found[2], found[1] === '!') : tokenOf(pattern[at]));
    at += found ? found[0].length : 1;
  }
  return tokens;
}

function tokenOf(char: string): Token {
  if (char === '*') return '*';
  return char === '?' ? () => true : (other) => other === char;
}

function oneOf(members: string, isNegated: boolean): Token {
  const ranges = members.match(/.-.|./gs) ?? [];
  const holds = (char: string): boolean =>
    ranges.some((range) => char >= range[0] && char <= (range[2] ?? range[0]));
  return (char) => holds(char) !== isNegated;
}
