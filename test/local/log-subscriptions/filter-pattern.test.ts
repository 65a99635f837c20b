import { describe, expect, test } from 'vitest';
import { compileFilterPattern } from '../../../local/log-subscriptions/filter-pattern.ts';

const line = {
  a: 'x',
  b: 'one two',
  path: '/decisions/evaluate',
  quoted: 'say "no"',
  number: 429,
  yes: true,
  nothing: null,
  list: ['x'],
  inner: { name: 'deep', 'with-dash': 'd' },
};

describe('a pattern for lines of JSON', () => {
  test.each([
    ['{ $.a = "x" }', true],
    ['{$.a="x"}', true],
    ['{ $.a = "X" }', false],
    ['{ $.a != "y" }', true],
    ['{ $.a != "x" }', false],
    ['{ $.inner.name = "deep" }', true],
    ['{ $.inner.with-dash = "d" }', true],
    ['{ $.quoted = "say \\"no\\"" }', true],
    ['{ $.number = "429" }', true],
    ['{ $.yes = "true" }', true],
    // `*` stands for anything, wherever it is, nothing included.
    ['{ $.a = "*" }', true],
    ['{ $.path = "/decisions/*" }', true],
    ['{ $.path = "*evaluate" }', true],
    ['{ $.path = "/*ions*eval*" }', true],
    ['{ $.path = "*eval*ions*" }', false],
    ['{ $.a = "x*x" }', false],
    ['{ $.b != "one*" }', false],
    ['{ $.path = "/decisions.evaluate" }', false],
    // && binds before ||.
    ['{ $.a = "x" || $.a = "y" && $.b = "no" }', true],
    ['{ ($.a = "x" || $.a = "y") && $.b = "no" }', false],
    ['{ (($.a = "x") && ($.b = "one two")) }', true],
    ['{ $.a = "no" || ($.b = "no" || $.number = "4*") }', true],
    // What is not there, or no single value, is neither equal nor unequal.
    ['{ $.missing = "*" }', false],
    ['{ $.missing != "x" }', false],
    ['{ $.nothing = "*" }', false],
    ['{ $.list = "x" }', false],
    ['{ $.inner = "*" }', false],
    ['{ $.a.length = "1" }', false],
    ['{ $.constructor.name = "*" }', false],
  ])('%s: %s', (pattern, matches) => {
    expect(compileFilterPattern(pattern)(line)).toBe(matches);
  });

  test('holds of no line that is no object', () => {
    for (const other of [null, 'x', 1, ['x'], undefined]) {
      expect(compileFilterPattern('{ $.a != "y" }')(other)).toBe(false);
    }
  });

  test.each([
    ['ERROR', 'no JSON'],
    ['', 'no JSON'],
    ['[ip, user]', 'no JSON'],
    ['{ $.a = x }', 'a text in quotes where there is x'],
    ['{ $.a = 429 }', 'a text in quotes where there is 429'],
    ['{ $.a > "1" }', '= or != where there is >'],
    ['{ $.a IS NULL }', '= or != where there is IS'],
    ['{ $.a NOT EXISTS }', '= or != where there is NOT'],
    ['{ $.a = %x% }', 'a text in quotes where there is %x%'],
    ['{ $.list[0] = "x" }', '= or != where there is [0]'],
    ['{ a = "x" }', 'a selector such as $.field where there is a'],
    ['{ $.a = "x" $.b = "y" }', 'the end where there is $.b'],
    ['{ $.a = "x" && }', 'a selector such as $.field where it ends'],
    ['{ $.a = }', 'a text in quotes where it ends'],
    ['{ ($.a = "x" }', 'a parenthesis is not closed'],
    ['{ }', 'a selector such as $.field where it ends'],
  ])('%s is refused: %s', (pattern, reason) => {
    expect(() => compileFilterPattern(pattern)).toThrow(reason);
  });
});
