/** Says what is wrong with a consumer that has a field where a handler has to be a method. */
export function fieldProblems(consumer: object | undefined, method: string): string[] {
  return consumer && Object.hasOwn(consumer, method) ? [NO_FIELD] : [];
}

const NO_FIELD = 'has an arrow function among its fields in its place: make it a method';
