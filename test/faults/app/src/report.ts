/** Is what this process and the one that started it tell each other. */
export interface Report {
  readonly kind: string;
  readonly [key: string]: unknown;
}
