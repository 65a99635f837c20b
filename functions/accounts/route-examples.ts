import { tiers } from '../../lib/tiers.ts';
import { exampleAlertId, exampleExplanation } from './field-examples.ts';

/** Messages of one account, as they may look: what its routes show as examples. */

const subscriptionId = 'sub_0123456789AbCdEfGhIj';
const keyId = '0AbCdEfGhIjK';
const month = { period: '2026-11', limit: 10_000, total: 1204, remaining: 8796 };
const summary = { ...month, resetsAt: '2026-12-01T00:00:00.000Z' };
const email = 'ada@example.com';
const settings = { email, name: 'Ada Lovelace', preferences: { mailNewKeys: true, mailAlerts: 'all' } };

export const examplePayment = {
  url: 'https://checkout.stripe.com/c/pay/cs_live_a1b2c3',
  expiresAt: '2026-11-28T10:00:00.000Z',
};

export const exampleRequest = {
  tier: 'enterprise',
  status: 'open',
  requestedAt: '2026-11-27T10:00:00.000Z',
  note: 'We expect 400,000 requests a month.',
};

export const exampleAccount = {
  subscriptionId,
  ...settings,
  createdAt: '2026-09-01T08:30:00.000Z',
  tier: 'pro',
  tierChosenAt: '2026-09-01T08:35:00.000Z',
  requestsPerMonth: 10_000,
  ratePerSecond: 20,
  burst: 40,
  tiers: Object.entries(tiers).map(([name, tier]) => ({ name, ...tier, available: true })),
  payment: { status: 'active', periodEndsAt: '2026-12-01T08:35:00.000Z' },
  usage: summary,
  keys: { live: 2, maximum: 5 },
  support: {
    supportAddress: 'support@aiweedcompany.com',
    documentationUrl: 'https://docs.aiweedcompany.com',
    statusUrl: 'https://status.aiweedcompany.com',
  },
};

export const exampleNewAccount = {
  subscriptionId,
  email,
  preferences: { mailNewKeys: true, mailAlerts: 'all' },
  createdAt: '2026-11-27T10:00:00.000Z',
  tier: 'free',
  requestsPerMonth: 100,
  ratePerSecond: 2,
  burst: 5,
  tiers: exampleAccount.tiers.map((tier) =>
    tier.payment === 'checkout'
      ? { ...tier, available: false, unavailableBecause: 'Payment is not set up here.' }
      : tier,
  ),
  usage: { ...summary, limit: 100, total: 0, remaining: 100 },
  keys: { live: 0, maximum: 5 },
  support: exampleAccount.support,
};

export const exampleKey = {
  keyId,
  display: 'user_0AbCd...',
  name: 'Production',
  prefix: 'user',
  tier: 'pro',
  status: 'active',
  suspensions: {},
  createdAt: '2026-09-01T08:40:00.000Z',
  rotatesAt: '2027-02-25T08:40:00.000Z',
  versions: [
    {
      version: 1,
      createdAt: '2026-09-01T08:40:00.000Z',
      retiresAt: '2026-11-30T08:40:00.000Z',
      lastUsedAt: '2026-11-27T09:58:12.000Z',
    },
    { version: 2, createdAt: '2026-11-27T08:40:00.000Z' },
  ],
  requestsThisMonth: 311,
  handover: {
    version: 2,
    expiresAt: '2026-11-30T08:40:00.000Z',
    sentAt: '2026-11-27T08:40:02.000Z',
    deliveredAt: '2026-11-27T08:40:05.000Z',
  },
};

export const exampleSuspendedKey = {
  keyId: '9ZyXwVuTsRqP',
  display: 'user_9ZyXw...',
  name: 'Staging',
  prefix: 'user',
  tier: 'pro',
  status: 'suspended',
  suspensions: { payment: { at: '2026-11-20T10:00:00.000Z' } },
  createdAt: '2026-10-12T14:00:00.000Z',
  versions: [{ version: 1, createdAt: '2026-10-12T14:00:00.000Z' }],
  requestsThisMonth: 0,
};

/** Never a whole key: whatever looks like one is taken for one. */
const apiKey = `user_${keyId}_<secret>`;

export const exampleCreatedKey = {
  keyId,
  apiKey,
  subscriptionId,
  tier: 'pro',
  prefix: 'user',
  name: 'Production',
  version: 1,
  createdAt: '2026-09-01T08:40:00.000Z',
  rotatesAt: '2026-11-30T08:40:00.000Z',
  requestsPerMonth: 10_000,
  warning: 'Store the key now: it is not shown again.',
};

export const exampleRotatedKey = { keyId, apiKey, version: 2, oldRetiresAt: '2026-11-28T10:00:00.000Z' };
export const exampleClaimedKey = { keyId, apiKey, version: 2, expiresAt: '2026-11-27T10:10:00.000Z' };
export const exampleRevokedKey = { keyId, revokedAt: '2026-11-27T10:00:00.000Z' };

export const exampleUsage = {
  subscriptionId,
  tier: 'pro',
  ...summary,
  days: { '2026-11-26': 1164, '2026-11-27': 40 },
  keys: { [keyId]: 311, '9ZyXwVuTsRqP': 893 },
};

export const exampleEntry = {
  subject: keyId,
  subjectKind: 'key',
  sequence: 3,
  action: 'rotate-key',
  actor: { kind: 'owner', id: subscriptionId },
  requestId: 'b2c4e6f8-0a1b-4c3d-8e5f-60718293a4b5',
  at: '2026-11-27T08:40:00.000Z',
  state: { subscriptionId, prefix: 'user', tier: 'pro', suspensions: {} },
  hash: '6b1f0a3c9d2e8f7a5b4c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a',
};

export const exampleSettings = {
  ...settings,
  openPgpFingerprint: 'D1A66E1A23B182C9980F788CFBFCC82A015E7330',
};

export const exampleAlert = {
  alertId: exampleAlertId,
  keyId,
  keyName: 'Production',
  kind: 'surge',
  of: '',
  severity: 'warning',
  status: 'open',
  explanation: exampleExplanation,
  openedAt: '2026-11-27T09:00:12.000Z',
  updatedAt: '2026-11-27T10:00:09.000Z',
  suspendedKey: false,
  answers: ['suspend', 'rotate', 'expected'],
};

const answeredAt = '2026-11-27T10:04:31.000Z';
const closedAlert = { ...exampleAlert, status: 'closed', closedAt: answeredAt };

export const exampleExpectedAlert = {
  ...closedAlert,
  closedBecause: 'expected',
  answer: { answer: 'expected', at: answeredAt },
  answers: ['suspend', 'rotate'],
};

export const exampleRotation = {
  alert: {
    ...closedAlert,
    closedBecause: 'rotate',
    answer: { answer: 'rotate', at: answeredAt },
    rotatedAt: answeredAt,
    answers: ['suspend'],
  },
  key: { ...exampleRotatedKey, oldRetiresAt: answeredAt },
};

export const exampleSuspension = {
  keyId,
  status: 'suspended',
  suspensions: { owner: { at: answeredAt } },
};
