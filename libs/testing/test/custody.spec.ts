import { describe, expect, it } from '@jest/globals';
import { Custody } from '../src/custody.js';
import { World } from '../src/world.js';

describe('custody', () => {
  it('lets an application run as it is unless a test decides otherwise', () => {
    expect(new Custody(new World()).options).toEqual({});
  });
});
