import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

test('an admin makes a key, and its holder gets a decision with the limits announced', async () => {
  const key = await stack.manage<{ apiKey: string }>('generate-key', {
    tier: 'pro',
    email: 'ada@example.com',
    requestedBy: 'an admin',
  });
  const answer = await stack.evaluate(key.apiKey);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    risk_level: 'LOW',
    risk_score: 24,
    action_required: 'EXECUTE_IMMEDIATELY',
  });
  expect(answer.headers.get('ratelimit')).toMatch(/^"month";r=9999;t=\d+$/);
});
