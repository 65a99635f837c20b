import * as z from 'zod';
import { monthCounts, usageReportSchema } from '../usage/rules/index.ts';
import { tierName } from './messages.ts';

/** What a signed-in subscriber is answered: types of the use cases and the API's description come from these schemas. */

const time = (description: string) =>
  z.string().meta({
    description: `${description} ISO 8601 in UTC.`,
    format: 'date-time',
    example: '2026-11-27T10:00:00.000Z',
  });
const count = (description: string, example: number) => z.int().min(0).meta({ description, example });
const id = (description: string, example: string) => z.string().meta({ description, example });

const limits = {
  requestsPerMonth: count('Requests per calendar month in UTC.', 10_000),
  ratePerSecond: z.number().meta({ description: 'Sustained requests per second.', example: 20 }),
  burst: count('Requests that may come at once.', 40),
};

export const tierOffer = z
  .object({
    name: tierName,
    ...limits,
    pricePerMonth: z
      .number()
      .optional()
      .meta({ description: 'In US dollars; absent where a contract says.', example: 49 }),
    payment: z.enum(['none', 'checkout', 'approval']).meta({ description: 'How the tier is obtained.' }),
    available: z.boolean().meta({ description: 'Whether it can be chosen now.' }),
    unavailableBecause: z.string().optional().meta({ description: 'Why not, in plain words.' }),
  })
  .meta({ id: 'TierOffer', description: 'A tier that can be chosen.' });

export const checkout = z
  .object({
    url: z.string().meta({
      description: 'Where you pay.',
      format: 'uri',
      example: 'https://checkout.stripe.com/c/pay/cs_x',
    }),
    expiresAt: time('Until when it can be paid.'),
  })
  .meta({ id: 'Checkout', description: 'A payment that waits for you.' });

export const tierRequest = z
  .object({
    tier: z.literal('enterprise'),
    status: z.enum(['open', 'approved', 'declined', 'withdrawn']),
    requestedAt: time('When you asked.'),
    note: z.string().optional().meta({ description: 'What you wrote.' }),
    answeredAt: time('When it was answered.').optional(),
    reason: z.string().optional().meta({ description: 'Why it was answered so.' }),
  })
  .meta({ id: 'TierRequest', description: 'A request for a tier that somebody approves.' });

export const payment = z
  .object({
    status: z.enum(['active', 'past-due', 'ended']).optional(),
    periodEndsAt: time('Until when it is paid.').optional(),
    cancelsAt: time('When it ends, for you canceled it.').optional(),
    failedAt: time('When the payment failed that is still missing.').optional(),
    graceEndsAt: time('When the tier ends unless it is paid.').optional(),
    reversal: z
      .object({ kind: z.enum(['refund', 'dispute']), at: time('When.') })
      .optional()
      .meta({ description: 'A payment was taken back: your keys are suspended until the next one.' }),
  })
  .meta({ id: 'Payment', description: 'How your payments stand.' });

export const preferences = z
  .object({ mailNewKeys: z.boolean() })
  .meta({ id: 'Preferences', description: 'What you chose in your settings.' });

export const usageSummary = z
  .object(monthCounts)
  .meta({ id: 'UsageSummary', description: 'This month against its limit.' });

const suspension = z.object({ at: time('Since when.') });
const suspensions = z
  .partialRecord(z.enum(['admin', 'owner', 'payment', 'anomaly']), suspension)
  .meta({ description: 'Why the key is suspended, by cause.' });

export const accountKey = z
  .object({
    keyId: id('Stays the same through rotations.', '0AbCdEfGhIjK'),
    display: z
      .string()
      .meta({ description: 'The first 10 characters of the key.', example: 'user_0AbCd...' }),
    name: z.string().meta({ description: 'What you call it.', example: 'Production' }),
    prefix: z.string().meta({ example: 'user' }),
    tier: z.string().meta({ example: 'pro' }),
    status: z.enum(['active', 'suspended', 'revoked']),
    suspensions,
    createdAt: time('When it was made.'),
    revokedAt: time('When it ended for good.').optional(),
    rotatesAt: time('When its next secret is due.').optional(),
    versions: z
      .array(
        z.object({
          version: z.int().min(1).meta({ example: 2 }),
          createdAt: time('When it was made.'),
          retiresAt: time('When it stops.').optional(),
          lastUsedAt: time('When it was last used, within this month or the last one.').optional(),
        }),
      )
      .meta({ description: 'Secrets that work, oldest first.' }),
    requestsThisMonth: count('Requests with this key in the present month.', 311),
    handover: z
      .object({
        version: z.int().min(1),
        expiresAt: time('Until when it can be claimed.').optional(),
        sentAt: time('When the mail left.').optional(),
        deliveredAt: time('When your mail server took it.').optional(),
        openedAt: time('When it was claimed.').optional(),
        expiredAt: time('When it ended unclaimed.').optional(),
        trouble: z.string().optional().meta({ description: 'Why the mail did not reach you.' }),
      })
      .optional()
      .meta({ description: 'Where the newest secret stands on its way to you.' }),
  })
  .meta({ id: 'AccountKey', description: 'One of your keys: all but its secrets.' });

export const account = z
  .object({
    subscriptionId: id('Of your account.', 'sub_0123456789AbCdEfGhIj'),
    email: z.string().meta({ description: 'Where mails go.', example: 'ada@example.com' }),
    undeliverable: z
      .object({ cause: z.enum(['bounce', 'complaint']), at: time('Since when.') })
      .optional()
      .meta({ description: 'Why no mail goes to your address.' }),
    name: z.string().optional().meta({ example: 'Ada Lovelace' }),
    openPgpFingerprint: z.string().optional().meta({ description: 'Of your OpenPGP key on file.' }),
    preferences,
    createdAt: time('When the account began.'),
    tier: tierName,
    tierChosenAt: time('When you chose a tier; absent: not yet, it began as free.').optional(),
    ...limits,
    tiers: z.array(tierOffer).meta({ description: 'What can be chosen.' }),
    payment: payment.optional(),
    checkout: checkout.optional(),
    request: tierRequest.optional(),
    usage: usageSummary,
    keys: z.object({
      live: count('Keys that are not revoked.', 2),
      maximum: count('The most there can be.', 5),
    }),
    support: z.object({
      supportAddress: z.string().meta({ example: 'support@aiweedcompany.com' }),
      documentationUrl: z.string().meta({ format: 'uri', example: 'https://docs.aiweedcompany.com' }),
      statusUrl: z.string().meta({ format: 'uri', example: 'https://status.aiweedcompany.com' }),
    }),
  })
  .meta({ id: 'Account', description: 'Your account.' });

export const tierChange = z
  .object({
    tier: tierName.meta({ description: 'The tier that you have now.' }),
    outcome: z
      .enum(['unchanged', 'changed', 'payment-required', 'requested', 'ends-with-period', 'goes-on'])
      .meta({
        description:
          '`payment-required`: pay at `checkout.url`, then the tier begins. `requested`: somebody will answer. `ends-with-period`: `free` begins at `changesAt`. `goes-on`: a cancellation was taken back.',
      }),
    checkout: checkout.optional(),
    request: tierRequest.optional(),
    changesAt: time('When the tier changes.').optional(),
  })
  .meta({ id: 'TierChange', description: 'What came of the choice.' });

export const portal = z
  .object({ url: z.string().meta({ description: 'Where you change card and cancel.', format: 'uri' }) })
  .meta({ id: 'Portal', description: 'Stripe’s page about your payments.' });

const secret = z
  .string()
  .meta({ description: 'The whole key: here and never again.', example: 'user_0AbCdEfGhIjK_<secret>' });

export const createdKey = z
  .object({
    keyId: id('Of the new key.', '0AbCdEfGhIjK'),
    apiKey: secret,
    subscriptionId: id('Of your account.', 'sub_0123456789AbCdEfGhIj'),
    tier: tierName,
    prefix: z.string().meta({ example: 'user' }),
    name: z.string().meta({ example: 'Production' }),
    version: z.int().min(1).meta({ example: 1 }),
    createdAt: time('When it was made.'),
    rotatesAt: time('When its next secret is due.'),
    requestsPerMonth: count('Requests per month of the whole account.', 10_000),
    warning: z.string().meta({ description: 'What to do with it.' }),
  })
  .meta({ id: 'CreatedKey', description: 'A new key.' });

export const rotatedKey = z
  .object({
    keyId: id('Of the key.', '0AbCdEfGhIjK'),
    apiKey: secret,
    version: z.int().min(1).meta({ example: 2 }),
    oldRetiresAt: time('When the old secret stops, or stopped.'),
  })
  .meta({ id: 'RotatedKey', description: 'A key’s new secret.' });

export const claimedKey = z
  .object({
    keyId: id('Of the key.', '0AbCdEfGhIjK'),
    apiKey: secret,
    version: z.int().min(1).meta({ example: 2 }),
    expiresAt: time('Until when the same `Idempotency-Key` may read it again.'),
  })
  .meta({ id: 'ClaimedKey', description: 'A secret that waited for you.' });

export const storedSecret = z
  .object({
    keyId: id('Of the key.', '0AbCdEfGhIjK'),
    version: z.int().min(1).meta({ description: 'Of the secret.', example: 2 }),
  })
  .meta({ id: 'StoredSecretAnswer', description: 'A secret that is kept here no more.' });

export const revokedKey = z
  .object({ keyId: id('Of the key.', '0AbCdEfGhIjK'), revokedAt: time('When it ended for good.') })
  .meta({ id: 'RevokedKey' });

export const keyList = z
  .object({
    keys: z.array(accountKey),
    cursor: z.string().optional().meta({ description: 'Where the next page begins.' }),
  })
  .meta({ id: 'KeyList', description: 'Your keys, revoked ones too.' });

export const usageReport = usageReportSchema.meta({
  id: 'AccountUsage',
  description: 'A month of your usage.',
});

export const auditEntry = z
  .object({
    subject: id('A key’s id, or your account’s.', '0AbCdEfGhIjK'),
    subjectKind: z.enum(['key', 'subscription']),
    sequence: z.int().min(1).meta({ example: 3 }),
    action: z.string().meta({ description: 'What happened.', example: 'rotate-key' }),
    actor: z
      .object({ kind: z.enum(['admin', 'owner', 'system']), id: z.string() })
      .meta({ description: 'Who did it: `owner` is you, or whoever had a link; `admin` is support.' }),
    requestId: z.string(),
    at: time('When.'),
    reason: z.string().optional(),
    state: z.record(z.string(), z.unknown()).meta({ description: 'What it left behind.' }),
    hash: z.string().meta({ description: 'Of this entry, with the hash of the one before it: a chain.' }),
  })
  .meta({ id: 'AuditEntry', description: 'One change on record.' });

export const auditPage = z
  .object({
    entries: z.array(auditEntry),
    cursor: z.string().optional().meta({ description: 'Where the next page begins.' }),
  })
  .meta({ id: 'AuditPage', description: 'The record, newest first.' });

export const changedSettings = z
  .object({
    email: z.string().meta({ example: 'ada@example.com' }),
    name: z.string().optional().meta({ example: 'Ada Lovelace' }),
    openPgpFingerprint: z
      .string()
      .optional()
      .meta({ description: 'Of the OpenPGP key on file: compare it with what your program says.' }),
    preferences,
  })
  .meta({ id: 'Settings', description: 'Your settings as they are now.' });

export const accountExport = z
  .object({
    exportedAt: time('When it was put together.'),
    account,
    openPgpKey: z.string().optional(),
    keys: z.array(accountKey),
    usage: z.array(usageReport),
    record: z.array(auditEntry),
    recordIsCut: z.boolean().meta({
      description:
        'Whether there is more than the newest entries told here; `GET /account/audit` pages through all.',
    }),
  })
  .meta({ id: 'AccountExport', description: 'All that is kept about you.' });

export const deletedAccount = z
  .object({ status: z.literal('deleted'), deletedAt: time('When.') })
  .meta({ id: 'DeletedAccount' });
