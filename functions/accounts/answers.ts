import * as z from 'zod';
import { recordedActions } from '../audit/rules/index.ts';
import { monthCounts, usageReportSchema } from '../usage/rules/index.ts';
import { accountAlert } from './alert-answers.ts';
import { count, nextPage, text, time } from './answer-fields.ts';
import { exampleAlertId, exampleAuditCursor, exampleKeyCursor, exampleOpenPgpKey } from './field-examples.ts';
import { mailAlerts, mailNewKeys, tierName } from './messages.ts';

/** What a signed-in subscriber is answered: types of the use cases and the API's description come from these schemas. */

const accountId = text('Of your account.', 'sub_0123456789AbCdEfGhIj');
const email = text('Where mails go.', 'ada@example.com');
const ownName = text('Your name, as mails greet you.', 'Ada Lovelace').optional();
const fingerprint = text(
  'Of your OpenPGP key on file: compare it with what your program says.',
  'D1A66E1A23B182C9980F788CFBFCC82A015E7330',
).optional();
const keyName = text('What you call it.', 'Production');
const prefix = text('How the key begins.', 'user');
const version = z
  .int()
  .min(1)
  .meta({ description: 'Which of the key’s secrets it is: the first one is 1.', example: 2 });
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
    payment: z.enum(['none', 'checkout', 'approval']).meta({
      description:
        'How the tier is obtained: at once (`none`), paid by card on a page of Stripe’s (`checkout`), or when somebody approves it (`approval`).',
    }),
    available: z.boolean().meta({ description: 'Whether it can be chosen now.' }),
    unavailableBecause: text('Why not, in plain words.', 'Payment is not set up here.').optional(),
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
    tier: z.literal('enterprise').meta({ description: 'What you asked for.' }),
    status: z.enum(['open', 'approved', 'declined', 'withdrawn']).meta({
      description:
        '`open`: somebody will answer. `approved`: the tier is yours. `declined`: your tier stays as it is, and `reason` says why. `withdrawn`: you took it back, by choosing `free` or the tier that you have.',
    }),
    requestedAt: time('When you asked.'),
    note: text('What you wrote.', 'We expect 400,000 requests a month.').optional(),
    answeredAt: time('When it was answered, or when you took it back.').optional(),
    reason: text('Why it was answered so.', 'Pro is enough for 400 requests a month.').optional(),
  })
  .meta({ id: 'TierRequest', description: 'A request for a tier that somebody approves.' });

export const payment = z
  .object({
    status: z.enum(['active', 'past-due', 'ended']).optional().meta({
      description:
        '`active`: it is paid. `past-due`: a payment is missing; pay it, or change the card, on the page of `POST /account/portal`. `ended`: nothing is charged any more. Absent: nothing was paid yet.',
    }),
    periodEndsAt: time('Until when it is paid.').optional(),
    cancelsAt: time('When it ends, for you canceled it.').optional(),
    failedAt: time('When the payment failed that is still missing.').optional(),
    graceEndsAt: time('When the tier ends unless it is paid.').optional(),
    reversal: z
      .object({
        kind: z.enum(['refund', 'dispute']).meta({
          description: '`refund`: it was given back to you. `dispute`: your bank took it back.',
        }),
        at: time('When it was taken back.'),
      })
      .optional()
      .meta({
        description:
          'A payment was taken back: your keys are suspended until the next one. `PUT /account/tier` with `pro` tells where to pay now.',
      }),
  })
  .meta({ id: 'Payment', description: 'How your payments stand.' });

export const preferences = z
  .object({ mailNewKeys, mailAlerts })
  .meta({ id: 'Preferences', description: 'What you chose in your settings.' });

export const usageSummary = z
  .object(monthCounts)
  .meta({ id: 'UsageSummary', description: 'This month against its limit.' });

const keyStatus = z.enum(['active', 'suspended', 'revoked']).meta({
  description: 'Whether it works: it is `suspended` as long as there is a cause, and `revoked` for good.',
});
const suspension = z.object({
  at: time('Since when.'),
  alertIds: z
    .array(text('Of an alert.', exampleAlertId))
    .optional()
    .meta({
      description:
        'With `anomaly`: the alerts because of which. It works again once each of them is answered with `expected`, or the key has a new secret.',
      example: [exampleAlertId],
    }),
});
const suspensions = z
  .partialRecord(z.enum(['admin', 'owner', 'payment', 'anomaly']), suspension)
  .meta({ description: 'Why the key is suspended, by cause.' });

export const accountKey = z
  .object({
    keyId: text('Stays the same through rotations.', '0AbCdEfGhIjK'),
    display: z
      .string()
      .meta({ description: 'The first 10 characters of the key.', example: 'user_0AbCd...' }),
    name: keyName,
    prefix,
    tier: text('The tier that it is in, or was in when it ended.', 'pro'),
    status: keyStatus,
    suspensions,
    createdAt: time('When it was made.'),
    revokedAt: time('When it ended for good.').optional(),
    rotatesAt: time('When its next secret is due.').optional(),
    versions: z
      .array(
        z.object({
          version,
          createdAt: time('When it was made.'),
          retiresAt: time('When it stops.').optional(),
          lastUsedAt: time('When it was last used, within this month or the last one.').optional(),
        }),
      )
      .meta({ description: 'Secrets that work, oldest first.' }),
    requestsThisMonth: count('Requests with this key in the present month.', 311),
    handover: z
      .object({
        version,
        expiresAt: time('Until when it can be claimed.').optional(),
        sentAt: time('When the mail left.').optional(),
        deliveredAt: time('When your mail server took it.').optional(),
        openedAt: time('When it was claimed.').optional(),
        expiredAt: time('When it ended unclaimed.').optional(),
        trouble: text('Why the mail did not reach you.', 'Transient, MailboxFull').optional(),
      })
      .optional()
      .meta({ description: 'Where the newest secret stands on its way to you.' }),
  })
  .meta({ id: 'AccountKey', description: 'One of your keys: all but its secrets.' });

export const account = z
  .object({
    subscriptionId: accountId,
    email,
    undeliverable: z
      .object({
        cause: z
          .enum(['bounce', 'complaint'])
          .meta({ description: 'Mails came back, or one was called spam.' }),
        at: time('Since when.'),
      })
      .optional()
      .meta({ description: 'Why no mail goes to your address.' }),
    name: ownName,
    openPgpFingerprint: fingerprint,
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
    keys: z
      .object({
        live: count('Keys that are not revoked.', 2),
        maximum: count('The most there can be.', 5),
      })
      .meta({ description: 'How many keys there are.' }),
    support: z
      .object({
        supportAddress: text('Where to write to.', 'support@aiweedcompany.com').meta({ format: 'email' }),
        documentationUrl: text('Where to read how things work.', 'https://docs.aiweedcompany.com').meta({
          format: 'uri',
        }),
        statusUrl: text(
          'Where to look whether something is out of order.',
          'https://status.aiweedcompany.com',
        ).meta({
          format: 'uri',
        }),
      })
      .meta({ description: 'Where there is help.' }),
  })
  .meta({ id: 'Account', description: 'Your account.' });

export const tierChange = z
  .object({
    tier: tierName.meta({ description: 'The tier that you have now.' }),
    outcome: z
      .enum(['unchanged', 'changed', 'payment-required', 'requested', 'ends-with-period', 'goes-on'])
      .meta({
        description:
          '`unchanged`: you have that tier; a payment that is missing is made on the page of `POST /account/portal`. `changed`: you have it from now on. `payment-required`: pay at `checkout.url`, then it begins. `requested`: somebody will answer `request`. `ends-with-period`: you paid for `tier` until `changesAt`, when `free` begins. `goes-on`: a cancellation was taken back.',
      }),
    checkout: checkout.optional().meta({ description: 'With `payment-required`: where you pay.' }),
    request: tierRequest.optional().meta({ description: 'With `requested`: what you asked for.' }),
    changesAt: time('With `ends-with-period`: when the tier changes.').optional(),
  })
  .meta({ id: 'TierChange', description: 'What came of the choice.' });

export const portal = z
  .object({
    url: z.string().meta({
      description: 'Where you change card and cancel.',
      format: 'uri',
      example: 'https://billing.stripe.com/p/session/live_a1b2c3',
    }),
  })
  .meta({ id: 'Portal', description: 'Stripe’s page about your payments.' });

const secret = z
  .string()
  .meta({ description: 'The whole key: here and never again.', example: 'user_0AbCdEfGhIjK_<secret>' });

export const createdKey = z
  .object({
    keyId: text('Of the new key.', '0AbCdEfGhIjK'),
    apiKey: secret,
    subscriptionId: accountId,
    tier: tierName,
    prefix,
    name: keyName,
    version,
    createdAt: time('When it was made.'),
    rotatesAt: time('When its next secret is due.'),
    requestsPerMonth: count('Requests per month of the whole account.', 10_000),
    warning: text('What to do with it.', 'Store the key now: it is not shown again.'),
  })
  .meta({ id: 'CreatedKey', description: 'A new key.' });

export const rotatedKey = z
  .object({
    keyId: text('Of the key.', '0AbCdEfGhIjK'),
    apiKey: secret,
    version,
    oldRetiresAt: time('When the old secret stops, or stopped.'),
  })
  .meta({ id: 'RotatedKey', description: 'A key’s new secret.' });

export const claimedKey = z
  .object({
    keyId: text('Of the key.', '0AbCdEfGhIjK'),
    apiKey: secret,
    version,
    expiresAt: time('Until when the same `Idempotency-Key` may read it again.'),
  })
  .meta({ id: 'ClaimedKey', description: 'A secret that waited for you.' });

export const storedSecret = z
  .object({
    keyId: text('Of the key.', '0AbCdEfGhIjK'),
    version: z.int().min(1).meta({ description: 'Of the secret.', example: 2 }),
  })
  .meta({ id: 'StoredSecretAnswer', description: 'A secret that is kept here no more.' });

export const revokedKey = z
  .object({ keyId: text('Of the key.', '0AbCdEfGhIjK'), revokedAt: time('When it ended for good.') })
  .meta({ id: 'RevokedKey' });

export const keySuspension = z
  .object({ keyId: text('Of the key.', '0AbCdEfGhIjK'), status: keyStatus, suspensions })
  .meta({ id: 'KeySuspension', description: 'Whether a key works now, and why not.' });

export const answeredAlert = z
  .object({
    alert: accountAlert,
    key: rotatedKey.optional().meta({ description: 'With `rotate`: the key’s new secret.' }),
  })
  .meta({ id: 'AnsweredAlert', description: 'What came of your answer.' });

export const keyList = z
  .object({
    keys: z.array(accountKey).meta({ description: 'Those of this page.' }),
    cursor: nextPage(exampleKeyCursor),
  })
  .meta({ id: 'KeyList', description: 'Your keys, revoked ones too.' });

export const usageReport = usageReportSchema.meta({
  id: 'AccountUsage',
  description: 'A month of your usage.',
});

/** Of the platform alone is the pepper, and alerts have pages of their own: no key and no account has an entry of them. */
const notOfAccounts: ReadonlySet<string> = new Set([
  'rotate-pepper',
  'open-alert',
  'update-alert',
  'close-alert',
  'answer-alert',
  'acknowledge-alert',
  'item-expired',
] satisfies (typeof recordedActions)[number][]);
const accountActions = recordedActions.filter((action) => !notOfAccounts.has(action));

export const auditEntry = z
  .object({
    subject: text('A key’s id, or your account’s.', '0AbCdEfGhIjK'),
    subjectKind: z.enum(['key', 'subscription']).meta({ description: 'Which of them it is.' }),
    sequence: z.int().min(1).meta({
      description: 'Counts what happened to the subject, from 1: none is left out.',
      example: 3,
    }),
    action: z.string().meta({ description: 'What happened.', enum: accountActions, example: 'rotate-key' }),
    actor: z
      .object({
        kind: z.enum(['admin', 'owner', 'system']).meta({
          description: '`owner` is you, or whoever had a link; `admin` is support; `system` acts by itself.',
        }),
        id: text(
          'Of an `owner` the account’s id, or `link`; of an `admin` always `support`; of the `system` which part of it, such as `rotate-keys`.',
          'sub_0123456789AbCdEfGhIj',
        ),
      })
      .meta({ description: 'Who did it.' }),
    requestId: text('Names the request by which it was done.', 'b2c4e6f8-0a1b-4c3d-8e5f-60718293a4b5'),
    at: time('When.'),
    reason: text(
      'Why, where a reason was given that is for you.',
      'The laptop that held the key was stolen',
    ).optional(),
    state: z.record(z.string(), z.unknown()).meta({ description: 'What it left behind.' }),
    hash: text(
      'SHA-256 of this entry, with the hash of the one before it: a chain.',
      '6b1f0a3c9d2e8f7a5b4c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a',
    ),
  })
  .meta({ id: 'AuditEntry', description: 'One change on record.' });

export const auditPage = z
  .object({
    entries: z.array(auditEntry).meta({ description: 'Those of this page.' }),
    cursor: nextPage(exampleAuditCursor),
  })
  .meta({ id: 'AuditPage', description: 'The record, newest first.' });

export const changedSettings = z
  .object({
    email,
    name: ownName,
    openPgpFingerprint: fingerprint,
    preferences,
  })
  .meta({ id: 'Settings', description: 'Your settings as they are now.' });

export const accountExport = z
  .object({
    exportedAt: time('When it was put together.'),
    account,
    openPgpKey: text('Your OpenPGP key on file, ASCII-armored.', exampleOpenPgpKey).optional(),
    keys: z.array(accountKey).meta({ description: 'Your keys, revoked ones too: all but their secrets.' }),
    usage: z.array(usageReport).meta({ description: 'Each month that had a request, and the present one.' }),
    record: z.array(auditEntry).meta({ description: 'What happened, newest first.' }),
    recordIsCut: z.boolean().meta({
      description:
        'Whether there is more than the newest entries told here; `GET /account/audit` pages through all.',
    }),
    alerts: z.array(accountAlert).meta({ description: 'What was unusual, newest first.' }),
    alertsAreCut: z.boolean().meta({
      description:
        'Whether there are more than the newest told here; `GET /account/alerts` pages through all.',
    }),
  })
  .meta({
    id: 'AccountExport',
    description:
      'All that is kept about you but secrets; of what is usual for a key (figures, and at most eight networks that it was used from), what your alerts say of it.',
  });

export const deletedAccount = z
  .object({
    status: z.literal('deleted').meta({ description: 'There is no account any more.' }),
    deletedAt: time('When.'),
  })
  .meta({ id: 'DeletedAccount' });
