import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFaultPosition } from '../../functions/runtime/rules/json-fault-position.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON with one character put in, taken out or replaced: mostly broken, and broken everywhere a JSON text can be. */
const nearlyJson = fc
  .tuple(
    fc.json(),
    fc.nat(),
    fc.nat({ max: 1 }),
    fc.constantFrom('', ...'{}[]:,"\\ 01-+.eEtfnu\n\t\u0000\u007fé\u{1f511}'),
    fc.constantFrom(undefined, 2),
  )
  .map(([json, at, taken, put, indent]) => {
    const text = JSON.stringify(JSON.parse(json), null, indent);
    const position = at % (text.length + 1);
    return text.slice(0, position) + put + text.slice(position + taken);
  });

describe('the place where JSON fails', () => {
  it('is found exactly in those texts that JSON.parse refuses', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyJson, fc.string({ unit: 'binary' })), (text) => {
        expect(jsonFaultPosition(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['', 0],
    ['  ', 2],
    ['{"a": 1', 7],
    ['{"a": 1,}', 8],
    ["{'a': 1}", 1],
    ['{"a" 1}', 5],
    ['{"a": NaN}', 6],
    ['{"a": 01}', 7],
    ['{"a": "open}', 6],
    ['{"a": "\\x"}', 6],
    ['{"a": "new\nline"}', 6],
    ['[1 2]', 3],
    ['[1}', 2],
    ['{} {}', 3],
    ['\ufeff{}', 0],
  ])('in %j is offset %d', (text, offset) => {
    expect(jsonFaultPosition(text)).toBe(offset);
  });

  it('is found in a text nested as deep as a body can be', () => {
    expect(jsonFaultPosition('['.repeat(10_240))).toBe(10_240);
    expect(jsonFaultPosition('{"a":'.repeat(2_048))).toBe(10_240);
  });
});
