import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_BODY, parseDecisionRequest } from '../../functions/decisions/request.ts';
import { CATEGORIES } from '../../functions/decisions/rules/vocabulary.ts';

const parse = (body: string | null) => parseDecisionRequest(body, false, null);

function faultsIn(body: string | null, query: Record<string, string | undefined> | null = null) {
  const parsed = parseDecisionRequest(body, false, query);
  return parsed.ok ? [] : parsed.faults;
}

describe('a valid request', () => {
  it.each(CATEGORIES)('may be about %s', (category) => {
    expect(parse(JSON.stringify({ category, amount: 12.5, description: 'Two chairs' }))).toEqual({
      ok: true,
      request: { category, amount: 12.5, description: 'Two chairs' },
      explain: false,
    });
  });

  it('has amount 0 and an empty description where they are absent', () => {
    expect(parse('{"category":"RND"}')).toEqual({
      ok: true,
      request: { category: 'RND', amount: 0, description: '' },
      explain: false,
    });
  });

  it.each([
    ['0', 0],
    ['-0', 0],
    ['1e15', 1e15],
    ['1000000000000000', 1e15],
    ['0.01', 0.01],
  ])('may have the amount %s', (json, amount) => {
    expect(parse(`{"category":"RND","amount":${json}}`)).toMatchObject({ ok: true, request: { amount } });
  });

  it('may be base64, as the gateway hands over a binary body', () => {
    const body = Buffer.from('{"category":"RND","description":"für später"}').toString('base64');
    expect(parseDecisionRequest(body, true, null)).toMatchObject({
      ok: true,
      request: { description: 'für später' },
    });
  });

  it('has its description counted in characters, not in bytes or halves of them', () => {
    const description = '\u{1f511}'.repeat(2_000);
    expect(parse(JSON.stringify({ category: 'RND', description }))).toMatchObject({ ok: true });
  });

  it('may fill the body to its last byte', () => {
    const body = '{"category":"RND"}'.padEnd(MAX_BODY, ' ');
    expect(parse(body)).toMatchObject({ ok: true });
    expect(faultsIn(`${body} `)).toEqual([
      { path: 'body', detail: 'is too large; expected at most 10240 bytes (10 KB)' },
    ]);
  });

  it.each([
    [null, false],
    [{}, false],
    [{ other: 'x' }, false],
    [{ explain: undefined }, false],
    [{ explain: 'false' }, false],
    [{ explain: 'true' }, true],
  ])('with the query %j is explained: %s', (query, explain) => {
    expect(parseDecisionRequest('{"category":"RND"}', false, query)).toMatchObject({ ok: true, explain });
  });
});

describe('a wrong request', () => {
  const amount = 'expected a number from 0 to 1e15, in USD';
  const description = 'expected a text of at most 2000 characters';
  const category = `expected one of ${CATEGORIES.join(', ')}`;
  const object = 'expected a JSON object with category, amount, description';
  const unknown = 'is not a field of this request; expected only category, amount, description';

  it.each([
    ['no body', null, 'body', `is missing; ${object}`],
    ['an empty body', '', 'body', `is missing; ${object}`],
    ['wrong JSON', '{"category":\n  RND}', 'body', 'is not valid JSON: unexpected text at line 2, column 3'],
    [
      'half a JSON',
      '{"category":"RND"',
      'body',
      'is not valid JSON: it ends too early, at line 1, column 18',
    ],
    ['a list', '[]', 'body', `is an array; ${object}`],
    ['null', 'null', 'body', `is null; ${object}`],
    ['a text', '"RND"', 'body', `is a string; ${object}`],
    ['no category', '{}', 'category', `is missing; ${category}`],
    ['an unknown category', '{"category":"rnd"}', 'category', `is not a known category; ${category}`],
    ['a category that is a number', '{"category":1}', 'category', `is a number; ${category}`],
    ['an amount in quotes', '{"category":"RND","amount":"5"}', 'amount', `is a string; ${amount}`],
    ['an amount of null', '{"category":"RND","amount":null}', 'amount', `is null; ${amount}`],
    ['a negative amount', '{"category":"RND","amount":-0.01}', 'amount', `is negative; ${amount}`],
    [
      'an amount above 1e15',
      '{"category":"RND","amount":1000000000000001}',
      'amount',
      `is too large a number; ${amount}`,
    ],
    [
      'an amount above all numbers',
      '{"category":"RND","amount":1e400}',
      'amount',
      `is too large a number; ${amount}`,
    ],
    ['an amount below all numbers', '{"category":"RND","amount":-1e400}', 'amount', `is negative; ${amount}`],
    [
      'a description of another type',
      '{"category":"RND","description":{}}',
      'description',
      `is an object; ${description}`,
    ],
    [
      'a description that is too long',
      JSON.stringify({ category: 'RND', description: 'x'.repeat(2_001) }),
      'description',
      `is too long; ${description}`,
    ],
    ['an unknown field', '{"category":"RND","amonut":5}', 'amonut', unknown],
    ['a field called __proto__', '{"category":"RND","__proto__":{"amount":5}}', '__proto__', unknown],
    ['a field called constructor', '{"category":"RND","constructor":5}', 'constructor', unknown],
  ])('is told its fault: %s', (_what, body, path, detail) => {
    expect(faultsIn(body)).toEqual([{ path, detail }]);
  });

  it('is told every fault at once, those of the query too', () => {
    const body = '{"amount":-1,"description":7,"extra":1,"__proto__":{"category":"RND"}}';
    expect(faultsIn(body, { explain: 'yes' }).map(({ path }) => path)).toEqual([
      'category',
      'amount',
      'description',
      'extra',
      '__proto__',
      'query.explain',
    ]);
    expect(faultsIn(null, { explain: '' }).map(({ path }) => path)).toEqual(['body', 'query.explain']);
    expect(faultsIn('{"category":"RND"}', { explain: 'TRUE' })).toEqual([
      { path: 'query.explain', detail: 'is neither true nor false; expected one of them' },
    ]);
  });

  it('is refused when its base64 holds no UTF-8', () => {
    const body = Buffer.from([0x7b, 0xff, 0x7d]).toString('base64');
    expect(parseDecisionRequest(body, true, null)).toEqual({
      ok: false,
      faults: [{ path: 'body', detail: 'is not valid UTF-8; expected JSON in UTF-8' }],
    });
  });

  it('is measured by the bytes of the decoded body', () => {
    const inBase64 = Buffer.from('{"category":"RND"}'.padEnd(MAX_BODY, ' ')).toString('base64');
    expect(parseDecisionRequest(inBase64, true, null)).toMatchObject({ ok: true });
    const inUtf8 = JSON.stringify({ category: 'RND', description: 'é'.repeat(6_000) });
    expect(faultsIn(inUtf8).map(({ path }) => path)).toEqual(['body']);
  });

  it('does not come back in what is said about it', () => {
    const secret = 'hunter2hunter2';
    for (const body of [secret, `{"category":"${secret}"}`, `{"category":${secret}}`, `["${secret}"]`]) {
      expect(faultsIn(body).length).toBeGreaterThan(0);
      expect(JSON.stringify(faultsIn(body, { explain: secret }))).not.toContain(secret);
    }
  });

  it('pollutes no prototype', () => {
    parse('{"category":"RND","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect('polluted' in {}).toBe(false);
  });
});

it('whatever is sent, the answer is a request within its limits or a list of faults', () => {
  const wild = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .record(
        {
          category: fc.oneof(fc.constantFrom(...CATEGORIES), fc.jsonValue()),
          amount: fc.oneof(fc.double(), fc.jsonValue()),
          description: fc.oneof(fc.string(), fc.jsonValue()),
        },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(wild, fc.boolean(), (body, isBase64Encoded) => {
      const parsed = parseDecisionRequest(body, isBase64Encoded, null);
      if (!parsed.ok) {
        expect(parsed.faults.length).toBeGreaterThan(0);
        return;
      }
      expect(CATEGORIES).toContain(parsed.request.category);
      expect(parsed.request.amount).toBeGreaterThanOrEqual(0);
      expect(parsed.request.amount).toBeLessThanOrEqual(1e15);
      expect(typeof parsed.request.description).toBe('string');
    }),
    { numRuns: 1_000 },
  );
});
