import { expect, test } from 'vitest';
import { attentionOf } from '../../dashboard/src/rules/attention.ts';
import { accountOf, inDays, inHours, keyOf, now } from './account-samples.ts';
import { alertOf, held } from './alert-samples.ts';

const kindsOf = (account = accountOf(), keys = [keyOf()]) =>
  attentionOf(account, keys, now).map(({ kind, urgency }) => `${kind}: ${urgency}`);

test('where all is well, nothing asks for attention', () => {
  expect(kindsOf()).toEqual([]);
  expect(kindsOf(accountOf({ keys: { live: 0, maximum: 5 } }), [])).toEqual([]);
});

test.each([
  [15, []],
  [14, ['rotation-due: know']],
  [1, ['rotation-due: know']],
])('a rotation in %i days: %j', (days, expected) => {
  expect(kindsOf(accountOf(), [keyOf({ rotatesAt: inDays(days) })])).toEqual(expected);
});

const rotated = (retiresAt: string, lastUsedAt?: string) =>
  keyOf({
    versions: [
      { version: 1, createdAt: inDays(-30), retiresAt, ...(lastUsedAt === undefined ? {} : { lastUsedAt }) },
      { version: 2, createdAt: inHours(-2) },
    ],
  });

test.each([
  ['used since there is a newer one, and about to end', inHours(20), inHours(-1), ['old-secret-used: act']],
  ['used since there is a newer one', inHours(60), inHours(-1), ['old-secret-used: look']],
  ['last used before there was a newer one', inHours(60), inHours(-3), []],
  ['never used', inHours(60), undefined, []],
  ['used, and over', inHours(-1), inHours(-1.5), []],
])('an old secret that was %s', (_what, retiresAt, lastUsedAt, expected) => {
  expect(kindsOf(accountOf(), [rotated(retiresAt, lastUsedAt)])).toEqual(expected);
});

test.each([
  ['waits', { version: 1, expiresAt: inHours(40), sentAt: inHours(-1) }, ['secret-waits: look']],
  ['waits, and its mail has not left yet', { version: 1, expiresAt: inHours(40) }, ['secret-waits: look']],
  ['was claimed', { version: 1, expiresAt: inHours(0.1), sentAt: inHours(-1), openedAt: inHours(-1) }, []],
  ['was stored', { version: 1, sentAt: inHours(-1), openedAt: inHours(-1) }, []],
  ['is over', { version: 1, expiresAt: inHours(-1), sentAt: inHours(-80) }, []],
  ['was never taken', { version: 1, sentAt: inHours(-80), expiredAt: inHours(-8) }, ['secret-lost: look']],
])('a secret that %s', (_what, handover, expected) => {
  expect(kindsOf(accountOf(), [keyOf({ handover })])).toEqual(expected);
});

test('a secret that only the request that made it can read again does not wait for anybody', () => {
  const versions = [{ version: 1, createdAt: inHours(-0.1) }];
  expect(
    kindsOf(accountOf(), [keyOf({ versions, handover: { version: 1, expiresAt: inHours(0.06) } })]),
  ).toEqual([]);
});

test('a suspended key is told once, by its causes: nothing can be done about its secrets', () => {
  const key = keyOf({
    status: 'suspended',
    suspensions: { payment: { at: inDays(-1) } },
    rotatesAt: inDays(3),
    handover: { version: 1, expiresAt: inHours(40) },
  });
  expect(attentionOf(accountOf(), [key], now)).toEqual([
    { urgency: 'act', kind: 'key-suspended', key, causes: ['payment'] },
  ]);
});

test('of a payment that was taken back the keys that it stopped are not told one by one; what else stopped one is', () => {
  const payment = { reversal: { kind: 'refund', at: inDays(-1) } } as const;
  const at = inDays(-1);
  const stopped = keyOf({ status: 'suspended', suspensions: { payment: { at } } });
  const twice = keyOf({ status: 'suspended', suspensions: { payment: { at }, admin: { at } } });
  expect(kindsOf(accountOf({ payment }), [stopped])).toEqual(['payment-reversed: act']);
  expect(kindsOf(accountOf({ payment }), [stopped, twice])).toEqual([
    'payment-reversed: act',
    'key-suspended: act',
  ]);
});

test('a revoked key asks for nothing', () => {
  const handover = { version: 1, expiresAt: inHours(40), sentAt: inHours(-1) };
  expect(kindsOf(accountOf(), [keyOf({ status: 'revoked', revokedAt: inDays(-1), handover })])).toEqual([]);
});

test('payments: what is taken back, what is missing, what ends, what waits to be paid', () => {
  expect(kindsOf(accountOf({ payment: { reversal: { kind: 'refund', at: inDays(-1) } } }))).toEqual([
    'payment-reversed: act',
  ]);
  const missing = { status: 'past-due', failedAt: inDays(-2), graceEndsAt: inDays(5) } as const;
  expect(kindsOf(accountOf({ payment: missing }))).toEqual(['payment-missing: act']);
  expect(kindsOf(accountOf({ payment: { status: 'active', cancelsAt: inDays(5) } }))).toEqual([
    'tier-ends: know',
  ]);
  const checkout = { url: 'https://checkout.example/c', expiresAt: inHours(20) };
  expect(kindsOf(accountOf({ tier: 'free', checkout }))).toEqual(['checkout-waits: look']);
});

test.each([
  [79, []],
  [80, ['quota-nearly: look']],
  [99, ['quota-nearly: look']],
  [100, ['quota-used-up: act']],
])('of 100 requests %i are used: %j', (total, expected) => {
  const usage = { ...accountOf().usage, limit: 100, total, remaining: 100 - total };
  expect(kindsOf(accountOf({ usage }))).toEqual(expected);
});

test('an address that mail does not reach is told, and what is urgent comes first', () => {
  const undeliverable = { cause: 'bounce', at: inDays(-1) } as const;
  const payment = { status: 'past-due', failedAt: inDays(-2), graceEndsAt: inDays(5) } as const;
  expect(kindsOf(accountOf({ undeliverable, payment }), [keyOf({ rotatesAt: inDays(3) })])).toEqual([
    'payment-missing: act',
    'mail-undeliverable: look',
    'rotation-due: know',
  ]);
});

const toldOf = (alerts: Parameters<typeof attentionOf>[3], keys = [keyOf()], account = accountOf()) =>
  attentionOf(account, keys, now, alerts).map((each) => {
    if (each.kind === 'alert') return `${Number(each.alert.alertId.slice(6))}: ${each.urgency}`;
    return each.kind === 'more-alerts' ? `${each.count} more: ${each.urgency}` : each.kind;
  });

test('open alerts are told by their severity, at most three, and how many more there are', () => {
  const alerts = [
    alertOf(1, { severity: 'info' }),
    alertOf(2),
    alertOf(3, { status: 'closed', closedBecause: 'over' }),
    alertOf(4, { severity: 'critical' }),
  ];
  expect(toldOf(alerts)).toEqual(['4: act', '2: look', '1: know']);
  expect(toldOf([...alerts, alertOf(5), alertOf(6)])).toEqual([
    '4: act',
    '6: look',
    '5: look',
    '2 more: look',
  ]);
});

test('alerts because of which a key is suspended are told with the key, others beside it', () => {
  const key = keyOf({ status: 'suspended', suspensions: held(1, 3) });
  expect(attentionOf(accountOf(), [key], now, [alertOf(3), alertOf(2), alertOf(1)])).toEqual([
    { urgency: 'act', kind: 'key-suspended', key, causes: ['anomaly'] },
    { urgency: 'look', kind: 'alert', alert: expect.objectContaining({ alertId: alertOf(2).alertId }) },
  ]);
  expect(toldOf([alertOf(1)], [key])).toEqual(['key-suspended']);
});

test('what is told of the month in any case is not told a second time', () => {
  const month = alertOf(1, { kind: 'quota-threshold', severity: 'info' });
  const usage = { ...accountOf().usage, limit: 100, total: 85, remaining: 15 };
  expect(toldOf([month])).toEqual(['1: know']);
  expect(toldOf([month], [keyOf()], accountOf({ usage }))).toEqual(['quota-nearly']);
});

test('a key that its owner has suspended is told, but nobody is hurried', () => {
  const key = keyOf({ status: 'suspended', suspensions: { owner: { at: inDays(-1) } } });
  expect(kindsOf(accountOf(), [key])).toEqual(['key-suspended: know']);
});
