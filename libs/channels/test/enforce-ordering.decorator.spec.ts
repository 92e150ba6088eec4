import { describe, expect, it } from '@jest/globals';
import { EnforceOrdering } from 'nest-channels';
import { isOrdered } from '../src/enforce-ordering.decorator.js';

class Chat {
  @EnforceOrdering()
  said() {}

  joined() {}
}

@EnforceOrdering()
class Game {
  moved() {}
}

class Chess extends Game {}

describe('@EnforceOrdering', () => {
  it.each([
    ['a method with it', Chat, 'said', true],
    ['a method beside it', Chat, 'joined', false],
    ['any method of a class with it', Game, 'moved', true],
    ['a method of a class that extends one with it', Chess, 'moved', true],
  ])('orders %s: %p', (_what, type, method, expected) => {
    expect(isOrdered(type, method)).toBe(expected);
  });
});
