import { expect, test } from 'vitest';
import { stepsOf } from '../../dashboard/src/rules/first-steps.ts';
import { upcomingOf } from '../../dashboard/src/rules/upcoming.ts';
import { accountOf, inDays, inHours, keyOf, now } from './account-samples.ts';

const toldOf = (account = accountOf(), keys = [keyOf()]) =>
  upcomingOf(account, keys, now).map(({ kind }) => kind);

test('what comes is told in the order in which it comes', () => {
  const key = keyOf({
    versions: [
      { version: 1, createdAt: inDays(-30), retiresAt: inHours(20) },
      { version: 2, createdAt: inHours(-2) },
    ],
    handover: { version: 2, expiresAt: inHours(70), sentAt: inHours(-2) },
  });
  const payment = { status: 'active', periodEndsAt: inDays(12) } as const;
  expect(toldOf(accountOf({ payment }), [key])).toEqual([
    'old-secret-ends',
    'waiting-secret-ends',
    'month-begins',
    'plan-renews',
    'key-rotates',
  ]);
});

test('of a plan one end is told: the one that comes', () => {
  const periodEndsAt = inDays(12);
  expect(
    toldOf(accountOf({ payment: { status: 'active', periodEndsAt, cancelsAt: periodEndsAt } }), []),
  ).toEqual(['month-begins', 'plan-ends']);
  const missing = { status: 'past-due', periodEndsAt, graceEndsAt: inDays(2) } as const;
  expect(toldOf(accountOf({ payment: missing }), [])).toEqual(['plan-ends-unpaid', 'month-begins']);
  expect(toldOf(accountOf({ payment: { status: 'ended', periodEndsAt } }), [])).toEqual(['month-begins']);
});

test('nothing is foretold of keys that are suspended or revoked', () => {
  const suspended = keyOf({ status: 'suspended', suspensions: { admin: { at: inDays(-1) } } });
  expect(toldOf(accountOf(), [suspended, keyOf({ status: 'revoked' })])).toEqual(['month-begins']);
});

const { tierChosenAt: _not, ...untouched } = accountOf({
  tier: 'free',
  usage: { ...accountOf().usage, total: 0 },
});

test('a new account chooses a tier, makes a key, makes a call, and is then left alone', () => {
  const { lastUsedAt: _never, ...version } = { version: 1, createdAt: inHours(-1), lastUsedAt: '' };
  const fresh = keyOf({ createdAt: inHours(-1), versions: [version], requestsThisMonth: 0 });
  expect(stepsOf(untouched, [], now)).toEqual({ next: 'tier', hasKey: false });
  expect(stepsOf({ ...untouched, tierChosenAt: inHours(-1) }, [], now)).toEqual({
    next: 'key',
    hasKey: false,
  });
  expect(stepsOf(untouched, [fresh], now)).toEqual({ next: 'call', hasKey: true });
  // A call with a key that is suspended would be refused.
  expect(stepsOf(untouched, [{ ...fresh, status: 'suspended' }], now)).toEqual({ hasKey: true });
  expect(stepsOf({ ...untouched, usage: { ...untouched.usage, total: 1 } }, [fresh], now)).toEqual({
    hasKey: true,
  });
});

test('whoever has had a key for weeks is not told how to begin', () => {
  const { lastUsedAt: _never, ...version } = { version: 1, createdAt: inDays(-60), lastUsedAt: '' };
  expect(stepsOf(untouched, [keyOf({ createdAt: inDays(-60), versions: [version] })], now)).toEqual({
    hasKey: true,
  });
});

test('an account whose keys are all revoked is asked for a key, not for a tier', () => {
  expect(stepsOf(untouched, [keyOf({ status: 'revoked' })], now)).toEqual({ next: 'key', hasKey: false });
});
