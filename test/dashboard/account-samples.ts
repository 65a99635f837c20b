import type { Account, AccountKey } from '../../dashboard/src/api/types.ts';

/** When the tests' rules are asked. */
export const now = Date.parse('2026-11-27T10:00:00.000Z');

/** A time so many hours from then. */
export const inHours = (hours: number): string => new Date(now + hours * 3_600_000).toISOString();
export const inDays = (days: number): string => inHours(24 * days);

/** An account in which all is well. */
export function accountOf(differing: Partial<Account> = {}): Account {
  return {
    subscriptionId: 'sub_0123456789AbCdEfGhIj',
    email: 'ada@example.com',
    preferences: { mailNewKeys: true, mailAlerts: 'all' },
    createdAt: inDays(-60),
    tier: 'pro',
    tierChosenAt: inDays(-60),
    requestsPerMonth: 10_000,
    ratePerSecond: 20,
    burst: 40,
    tiers: [],
    usage: {
      period: '2026-11',
      limit: 10_000,
      total: 1204,
      remaining: 8796,
      resetsAt: '2026-12-01T00:00:00.000Z',
    },
    keys: { live: 1, maximum: 5 },
    support: {
      supportAddress: 'support@aiweedcompany.com',
      documentationUrl: 'https://docs.aiweedcompany.com',
      statusUrl: 'https://status.aiweedcompany.com',
    },
    ...differing,
  };
}

/** A key about which nothing is to be done. */
export function keyOf(differing: Partial<AccountKey> = {}): AccountKey {
  return {
    keyId: '0AbCdEfGhIjK',
    display: 'user_0AbCd...',
    name: 'Production',
    prefix: 'user',
    tier: 'pro',
    status: 'active',
    suspensions: {},
    createdAt: inDays(-30),
    rotatesAt: inDays(60),
    versions: [{ version: 1, createdAt: inDays(-30), lastUsedAt: inHours(-1) }],
    requestsThisMonth: 311,
    ...differing,
  };
}
