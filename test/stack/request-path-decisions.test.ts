import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  expectProblem,
  functionLog,
  inNextMonth,
  type MadeKey,
  makeKey,
  requestIdOf,
  secondsToMonthEnd,
  usageItem,
} from './request-path-support.ts';
import { type HttpAnswer, startTestStack, type TestStack } from './test-stack.ts';

/** The contract of `POST /decisions/evaluate`, over HTTP. */

let stack: TestStack;
let key: MadeKey;
beforeAll(async () => {
  stack = await startTestStack({ startsAt: inNextMonth() });
  key = await makeKey(stack);
});
afterAll(() => stack.close());

interface Vector {
  readonly category: string;
  readonly amount: number;
  readonly risk_level: string;
  readonly action_required: string;
}
const { cases } = JSON.parse(readFileSync(new URL('../vectors/decisions.json', import.meta.url), 'utf8')) as {
  cases: Vector[];
};

const scales: Record<string, { from: number; to: number; lowest: number; highest: number }> = {
  LOW: { from: 0, to: 1_000, lowest: 0, highest: 24 },
  MEDIUM: { from: 1_000, to: 10_000, lowest: 25, highest: 49 },
  HIGH: { from: 10_000, to: 50_000, lowest: 50, highest: 74 },
  CRITICAL: { from: 50_000, to: 500_000, lowest: 75, highest: 100 },
};

describe('a decision', () => {
  test.each(cases)('$category over $amount is $risk_level, $action_required', async (vector) => {
    const { category, amount, risk_level, action_required } = vector;
    const answer = await stack.evaluate(key.apiKey, { category, amount, description: 'Büro 🪑' });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.body).toEqual({
      id: expect.any(String),
      timestamp: expect.any(String),
      category,
      amount,
      description: 'Büro 🪑',
      risk_level,
      risk_score: expect.any(Number),
      action_required,
      status: 'PENDING',
      policy_version: expect.stringMatching(/^[0-9a-f]{12,}$/),
    });
    const { from, to, lowest, highest } = scales[risk_level] ?? { from: 0, to: 0, lowest: 0, highest: 0 };
    const linear = lowest + ((highest - lowest) * (Math.min(amount, to) - from)) / (to - from);
    expect(Math.abs(answer.body.risk_score - linear)).toBeLessThan(1);
    expect(Number.isInteger(answer.body.risk_score)).toBe(true);
  });

  test('has an id of DEC_ and a ULID that nobody else has, and both carry the moved clock', async () => {
    const before = stack.clock.now();
    const answers = await Promise.all(Array.from({ length: 20 }, () => stack.evaluate(key.apiKey)));
    const after = stack.clock.now();
    const ids = answers.map(({ body }) => String(body.id));
    expect(new Set(ids).size).toBe(20);
    for (const { body } of answers) {
      expect(body.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      const at = Date.parse(body.timestamp);
      expect(at).toBeGreaterThanOrEqual(Math.floor(before));
      expect(at).toBeLessThanOrEqual(after);
      expect(body.id).toMatch(/^DEC_[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
      expect(ulidTime(body.id.slice(4))).toBe(at);
    }
    // The clock was moved by weeks, so that the machine's own time cannot be taken for it.
    expect(before - Date.now()).toBeGreaterThan(86_400_000);
  });

  test('takes 0 for an absent amount and nothing for an absent description', async () => {
    const { body } = await stack.evaluate(key.apiKey, { category: 'RND' });
    expect(body).toMatchObject({ amount: 0, description: '', risk_level: 'LOW', risk_score: 0 });
  });

  test('tells the row that decided with explain=true, and not without', async () => {
    const request = { category: 'FINANCIAL', amount: 1_001 };
    const explained = await stack.evaluate(key.apiKey, request, '?explain=true');
    expect(explained.body.policy_row).toMatchObject({
      row: 2,
      up_to: 10_000,
      risk_level: 'MEDIUM',
      action_required: 'EXECUTE_IMMEDIATELY',
    });
    for (const query of ['', '?explain=false', '?other=true']) {
      const { status, body } = await stack.evaluate(key.apiKey, request, query);
      expect(status).toBe(200);
      expect(body).not.toHaveProperty('policy_row');
    }
  });

  test('takes the widest input that it promises: 1e15 USD, 2,000 characters, 10 KB', async () => {
    const description = '🪑'.repeat(2_000);
    const { status, body } = await stack.evaluate(key.apiKey, { category: 'RND', amount: 1e15, description });
    expect(status).toBe(200);
    expect(body).toMatchObject({ amount: 1e15, description, risk_score: 100 });
    const small = '{"category":"RND"}';
    expect((await stack.evaluate(key.apiKey, small + ' '.repeat(10_240 - small.length))).status).toBe(200);
  });

  test('of level MEDIUM, and no other, leaves a line in the log, without the description', async () => {
    const description = 'a description that nobody may log';
    const medium = await stack.evaluate(key.apiKey, { category: 'FINANCIAL', amount: 5_000, description });
    const low = await stack.evaluate(key.apiKey, { category: 'FINANCIAL', amount: 5, description });
    const line = await vi.waitFor(async () => {
      const lines = await functionLog(stack, 'evaluate-decision');
      const found = lines.find(({ decision }) => JSON.stringify(decision ?? {}).includes(medium.body.id));
      expect(found).toBeDefined();
      return found;
    });
    const { description: _, ...logged } = medium.body;
    expect(line).toMatchObject({ level: 'INFO', keyId: key.keyId });
    expect(line?.['decision']).toMatchObject(logged);
    const logs = await stack.logs();
    expect(logs).not.toContain(description);
    expect(logs).not.toContain(low.body.id);
  });
});

const categories = 'STRATEGIC, OPERATIONAL, FINANCIAL, MARKETING, RND, COMPLIANCE';

describe('a request that is not valid', () => {
  test.each<[string, unknown, string, [path: string, detail: RegExp][]]>([
    ['no body', '', '', [['body', /missing/]]],
    ['JSON that is cut off', '{"category":', '', [['body', /not valid JSON.*line 1, column 13/]]],
    ['a text that is no JSON', 'category=FINANCIAL', '', [['body', /not valid JSON/]]],
    ['an array', '[]', '', [['body', /is an array; expected a JSON object/]]],
    ['null', 'null', '', [['body', /is null/]]],
    ['a string', '"FINANCIAL"', '', [['body', /is a string/]]],
    ['no category', {}, '', [['category', /missing/]]],
    ['an unknown category', { category: 'LUNCH' }, '', [['category', new RegExp(categories)]]],
    ['a category in lower case', { category: 'financial' }, '', [['category', /not a known category/]]],
    ['a category of another type', { category: 7 }, '', [['category', /is a number/]]],
    [
      'an amount as text',
      { category: 'RND', amount: '1' },
      '',
      [['amount', /is a string; expected a number/]],
    ],
    ['no amount but null', { category: 'RND', amount: null }, '', [['amount', /is null/]]],
    ['a negative amount', { category: 'RND', amount: -0.01 }, '', [['amount', /is negative/]]],
    ['an amount above 1e15', { category: 'RND', amount: 1e15 + 1 }, '', [['amount', /too large/]]],
    ['an amount beyond any number', '{"category":"RND","amount":1e999}', '', [['amount', /too large/]]],
    [
      'a description of another type',
      { category: 'RND', description: {} },
      '',
      [['description', /is an object/]],
    ],
    [
      'a long description',
      { category: 'RND', description: 'd'.repeat(2_001) },
      '',
      [['description', /too long/]],
    ],
    ['an unknown field', { category: 'RND', colour: 'red' }, '', [['colour', /not a field/]]],
    [
      'a field of the prototype',
      '{"category":"RND","__proto__":{"amount":1}}',
      '',
      [['__proto__', /not a field/]],
    ],
    ['one byte over 10 KB', `{"category":"RND"}${' '.repeat(10_240 - 17)}`, '', [['body', /10240 bytes/]]],
    [
      'an explain that is neither',
      { category: 'RND' },
      '?explain=yes',
      [['query.explain', /true nor false/]],
    ],
    [
      'everything wrong at once',
      { category: 'LUNCH', amount: -1, description: 4, colour: 'red', size: 1 },
      '?explain=1',
      [
        ['category', /known category/],
        ['amount', /negative/],
        ['description', /number/],
        ['colour', /not a field/],
        ['size', /not a field/],
        ['query.explain', /true nor false/],
      ],
    ],
  ])('%s: a 400 that names every fault by its path', async (_, body, query, faults) => {
    const answer = await stack.evaluate(key.apiKey, body, query);
    const problem = expectProblem(answer, 400, 'invalid-request', 'The request is not valid');
    expect(problem['errors']).toEqual(
      expect.arrayContaining(
        faults.map(([path, detail]) => ({ path, detail: expect.stringMatching(detail) })),
      ),
    );
    expect(problem['errors']).toHaveLength(faults.length);
    expect(Object.keys(problem).toSorted()).toEqual([
      'detail',
      'errors',
      'requestId',
      'status',
      'statusPage',
      'support',
      'title',
      'type',
    ]);
  });

  test('gets an answer without any of the values that it sent', async () => {
    const answer = await stack.evaluate(key.apiKey, { category: 'private words', amount: 'private words' });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('private words');
  });

  test('never makes the service fail, whatever JSON it is', async () => {
    const odd = [
      '0',
      'true',
      '{}',
      '[[[[]]]]',
      '{"category":{"category":"RND"}}',
      '"\\ud800"',
      '{"a":1,"a":2}',
    ];
    for (const body of odd) expect((await stack.evaluate(key.apiKey, body)).status, body).toBe(400);
  });
});

describe('the limits announced', () => {
  /** `"month";r=9999;t=123` of an answer. */
  function announced(answer: HttpAnswer): { remaining: number; seconds: number; policy: string | null } {
    const [, remaining, seconds] =
      /^"month";r=(\d+);t=(\d+)$/.exec(answer.headers.get('ratelimit') ?? '') ?? [];
    return {
      remaining: Number(remaining),
      seconds: Number(seconds),
      policy: answer.headers.get('ratelimit-policy'),
    };
  }
  const monthSeconds = () => {
    const now = new Date(stack.clock.now());
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 0)).getUTCDate() * 86_400;
  };

  test('are exact on 200 and on 400, and fall by one with each', async () => {
    const made = await makeKey(stack);
    const first = await stack.evaluate(made.apiKey);
    expect(announced(first)).toEqual({
      remaining: 9_999,
      seconds: secondsToMonthEnd(Date.parse(first.body.timestamp)),
      policy: `"month";q=10000;w=${monthSeconds()}`,
    });

    const earliest = secondsToMonthEnd(stack.clock.now());
    const wrong = await stack.evaluate(made.apiKey, { amount: -1 });
    const latest = secondsToMonthEnd(stack.clock.now());
    expect(wrong.status).toBe(400);
    const { remaining, seconds, policy } = announced(wrong);
    expect({ remaining, policy }).toEqual({
      remaining: 9_998,
      policy: `"month";q=10000;w=${monthSeconds()}`,
    });
    expect(seconds).toBeLessThanOrEqual(earliest);
    expect(seconds).toBeGreaterThanOrEqual(latest);

    expect(announced(await stack.evaluate(made.apiKey)).remaining).toBe(9_997);
  });

  test('count each request once: by month, day and key, with the last use of the secret', async () => {
    const made = await makeKey(stack, 'enterprise');
    await stack.evaluate(made.apiKey);
    await stack.evaluate(made.apiKey, '{');
    const answer = await stack.evaluate(made.apiKey);
    const day = `d${answer.body.timestamp.slice(8, 10)}`;
    expect(await usageItem(stack, made.subscriptionId)).toEqual({
      subscriptionId: made.subscriptionId,
      period: answer.body.timestamp.slice(0, 7),
      total: 3,
      [day]: 3,
      [`k_${made.keyId}`]: 3,
      [`u_${made.keyId}_1`]: Math.floor(Date.parse(answer.body.timestamp) / 1000),
      quota: 1_000_000,
      tier: 'enterprise',
    });
  });

  test('come with the request id that the logs have', async () => {
    const answer = await stack.evaluate(key.apiKey, { category: 'LUNCH' });
    expect(answer.body.requestId).toBe(requestIdOf(answer));
  });
});

/** Milliseconds in the first ten characters of a ULID (Crockford's base 32). */
function ulidTime(ulid: string): number {
  const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  return [...ulid.slice(0, 10)].reduce((time, digit) => time * 32 + digits.indexOf(digit), 0);
}
