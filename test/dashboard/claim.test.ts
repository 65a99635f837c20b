import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClaimAct, firstView, viewAfter } from '../../dashboard/src/rules/claim.ts';

const acts = ['claim', 'store', 'dispute', 'renew'] as const satisfies readonly ClaimAct[];
const after = (act: ClaimAct, status: number, answer: Record<string, unknown> = {}) =>
  viewAfter(act, { status, answer });

test('a link is four parts with points between them; anything else is cut, and nothing is no link', () => {
  expect(firstView('0kQ2mZ81XvTb.1.1.q83vEjRWeJCrze8SNFZ4kA').name).toBe('ready');
  for (const cut of ['0kQ2mZ81XvTb.1.1', '0kQ2mZ81XvTb.1.x.q83v', 'a.1.1.b=', 'a.1.1.b c', '.1.1.b'])
    expect(firstView(cut).name, cut).toBe('garbled');
  expect(firstView('').name).toBe('empty');
});

test('a key is shown for one answer alone, and nothing else of an answer is taken for one', () => {
  const answer = fc.record(
    { apiKey: fc.oneof(fc.string(), fc.integer(), fc.object()), reason: fc.string(), detail: fc.string() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.constantFrom(...acts), fc.integer({ min: 0, max: 599 }), answer, (act, status, body) => {
      const { name } = viewAfter(act, { status, answer: body });
      const isKey = act === 'claim' && status === 200 && typeof body.apiKey === 'string';
      expect(name === 'key').toBe(isKey);
    }),
  );
});

test.each([
  ['claim', 410, { reason: 'opened', openedAt: '2026-11-23T13:22:00Z' }, 'opened'],
  ['claim', 410, { reason: 'expired' }, 'expired'],
  ['claim', 410, { reason: 'replaced' }, 'replaced'],
  ['claim', 410, { reason: 'revoked' }, 'revoked'],
  ['claim', 410, { reason: 'something new' }, 'failure'],
  ['claim', 400, {}, 'garbled'],
  ['store', 202, {}, 'stored'],
  ['store', 200, { apiKey: 'user_1' }, 'failure'],
  ['store', 503, {}, 'failure'],
  ['dispute', 400, {}, 'garbled'],
  ['dispute', 202, {}, 'disputed'],
  ['renew', 202, {}, 'renewed'],
  ['dispute', 410, { reason: 'opened' }, 'failure'],
  ['claim', 202, {}, 'failure'],
] as const)('%s, answered with %i %j: %s', (act, status, answer, name) => {
  expect(after(act, status, answer).name).toBe(name);
});

test('times that are none are left out, instead of being shown as such', () => {
  expect(after('claim', 410, { reason: 'opened', openedAt: 'yesterday' })).toEqual({ name: 'opened' });
});
