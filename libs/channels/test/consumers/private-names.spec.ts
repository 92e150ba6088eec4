import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { privateNames } from '../../src/consumers/private-names.js';

class Root {}

const classOf = (body: string): object =>
  runInNewContext(`(class A extends Root {${body}\n})`, { Root }) as object;

describe('privateNames', () => {
  it.each([
    ['#a = 1; b() { return this.#a; }', ['#a']],
    ['#a;\n  #b() {}', ['#a', '#b']],
    ['get #a() { return 1; } set #b(c) {}', ['#a', '#b']],
    ['async #a() {} *#b() {} async *#c() {}', ['#a', '#b', '#c']],
    ['b() {} #ä$1=2', ['#ä$1']],
    ['b() { return _class_private_field_get(this, _a); }', ['#…']],
    ['b() { return __classPrivateFieldGet(this, _a, "f"); }', ['#…']],
  ])('finds those of %s', (body, names) => {
    expect(privateNames(classOf(body), Root)).toEqual(names);
  });

  it.each([
    'static #a = 1; static b() { return A.#a; }',
    'static async #a() {}',
    '/* #a = 1 */ b = 1; // #c = 2;',
    `b = '; #a = 1'; c = "{#a = 1"; d = \`;#a = 1\``,
    'b() { return /#a/.test("c"); }',
  ])('finds none in %s', (body) => {
    expect(privateNames(classOf(body), Root)).toEqual([]);
  });

  it('finds those of classes in between, and leaves out the root', () => {
    class Own {
      #own = 1;
      read(): number {
        return this.#own;
      }
    }
    class Between extends Own {
      #between = 1;
      override read(): number {
        return super.read() + this.#between;
      }
    }
    class Last extends Between {}
    expect(privateNames(Last, Own)).toEqual(['#between']);
  });
});
