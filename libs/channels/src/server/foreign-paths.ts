/** Is a path whose upgrade requests somebody else answers. */
export interface ForeignPath {
  readonly path: string;
  /** Says whether paths below it are meant too. */
  readonly extent: 'itself' | 'all below';
}

/** Are the paths of an HTTP server that its interface server leaves to others. */
export class ForeignPaths {
  readonly #exact: ReadonlySet<string>;
  readonly #prefixes: readonly string[];

  constructor(paths: readonly ForeignPath[]) {
    this.#exact = new Set(paths.map(({ path }) => path));
    const trees = paths.filter(({ extent }) => extent === 'all below');
    this.#prefixes = trees.map(({ path }) => (path.endsWith('/') ? path : `${path}/`));
  }

  /** Tells whether there are none. */
  get isEmpty(): boolean {
    return this.#exact.size === 0;
  }

  /**
   * Tells whether the target of a request is one of them.
   *
   * It is compared as it was written, as those who answer it do: no decoding, no `..`.
   */
  has(target: string): boolean {
    const [path] = target.split('?', 1);
    return this.#exact.has(path) || this.#prefixes.some((prefix) => path.startsWith(prefix));
  }
}
