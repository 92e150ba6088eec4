import { describe, it } from '@jest/globals';
import { type Broken, expectCaught } from '../support/expect-caught.js';

const EXTENSIONS = 'names the extensions that the suite was told of, no more and no less';
const METHODS = 'is kept: the methods of each declared extension are there';
const REACH = 'says how far messages travel, and beyond its process there is a second handle';

describe('declaration', () => {
  it.each<Broken>([
    ['lacks an extension', () => ({ extensions: new Set(['groups']) }), EXTENSIONS],
    ['lacks a method it declares', () => ({ groupSend: undefined }), METHODS],
    ['has no name', () => ({ name: '' }), 'gives a short name for logs'],
    ['reaches further than its test', () => ({ reach: 'network' }), REACH],
    [
      'allows 64 KiB only',
      () => ({ maxMessageBytes: 65_536 }),
      'allows messages of 1,048,576 bytes at least',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('the declaration of a layer', broken));
});
