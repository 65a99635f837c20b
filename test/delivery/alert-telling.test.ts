import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it, test } from 'vitest';
import type { AlertItem } from '../../functions/alerts/rules/alert-item.ts';
import { changesInOrder } from '../../functions/delivery/changes-in-order.ts';
import type { Letter } from '../../functions/delivery/gateways/mailer.ts';
import type { AdminAlert } from '../../functions/delivery/rules/admin-alert.ts';
import type { AlertForAdmins } from '../../functions/delivery/rules/alert-for-admins.ts';
import type { AlertChange } from '../../functions/delivery/rules/alert-news.ts';
import { type BatchNews, tellAdmins } from '../../functions/delivery/tell-admins.ts';
import {
  type AlertNewsDependencies,
  suspendWhereDemanded,
  tellOfAlert,
} from '../../functions/delivery/tell-of-alert.ts';
import type { KeyItem } from '../../functions/keys/rules/key-item.ts';
import type { SubscriptionItem } from '../../functions/subscriptions/rules/subscription-item.ts';
import { basic } from './account-mail-support.ts';
import { alertOf, becomes, iso } from './alert-support.ts';
import { product } from './mail-samples.ts';
import { at, revoked, waiting } from './rules-support.ts';

const act = { actor: { kind: 'system', id: 'deliver-alerts' }, requestId: 'r', now: at(0) } as const;
const sender = 'no-reply@example.com';

class ServiceError extends Error {
  constructor(name: string, message = 'because') {
    super(message);
    this.name = name;
  }
}

/** SES, and the three tables as they are by now: a write is taken on condition of both revisions, as DynamoDB does. */
function world(
  alert: AlertItem,
  options: {
    readonly key?: KeyItem | undefined;
    readonly owner?: Partial<SubscriptionItem>;
    readonly policy?: AlertNewsDependencies['suspensionPolicy'];
    /** Happens between the reading and the writing, once. */
    readonly meanwhile?: (tables: { alert: AlertItem; key: KeyItem | undefined }) => void;
  } = {},
) {
  const tables = { alert, key: 'key' in options ? options.key : waiting };
  const letters: Letter[] = [];
  const told: AlertForAdmins[] = [];
  const faults: { mail?: Error } = {};
  let { meanwhile } = options;
  const write = (items: readonly { readonly Item?: unknown }[]) => {
    meanwhile?.(tables);
    meanwhile = undefined;
    const next = items.map(({ Item }) => Item as AlertItem | KeyItem);
    const isCurrent = next.every(
      (item) => item.revision === (('alertId' in item ? tables.alert : tables.key)?.revision ?? -1) + 1,
    );
    if (!isCurrent) return false;
    for (const item of next) {
      if ('alertId' in item) tables.alert = item;
      else tables.key = item;
    }
    return true;
  };
  const { policy } = options;
  const dependencies: AlertNewsDependencies = {
    client: {
      send: async ({ input }: { input: { TransactItems?: { Put: object }[]; Item?: unknown } }) => {
        const puts = input.TransactItems?.map(({ Put }) => Put) ?? [input];
        if (write(puts)) return;
        const { TransactionCanceledException, ConditionalCheckFailedException } = await import(
          '@aws-sdk/client-dynamodb'
        );
        const about = { message: 'no', $metadata: {} };
        if (input.TransactItems === undefined) throw new ConditionalCheckFailedException(about);
        throw new TransactionCanceledException({
          ...about,
          CancellationReasons: puts.map(() => ({ Code: 'ConditionalCheckFailed' })),
        });
      },
    } as unknown as AlertNewsDependencies['client'],
    keys: {
      get: async () => tables.key,
      replacement: (next: KeyItem) => ({ label: 'key', item: { Put: { TableName: 'k', Item: next } } }),
    } as unknown as AlertNewsDependencies['keys'],
    alerts: {
      get: async () => tables.alert,
      replacement: (next) => ({ label: 'alert', item: { Put: { TableName: 'a', Item: next } } }),
    },
    subscriptions: { get: async () => ({ ...basic, tier: 'pro', ...options.owner }) },
    mailer: {
      async send(letter) {
        if (faults.mail !== undefined) throw faults.mail;
        letters.push(letter);
        return `message-${letters.length}`;
      },
    },
    suspensionPolicy: policy ?? {},
    ...(policy === undefined ? {} : { timers: { noticeDays: 7, reminderHours: 6 } }),
    product,
    sender,
    dashboardUrl: 'https://dashboard.example.com',
  };
  const tell = (change: AlertChange) => tellOfAlert(change, act, (news) => told.push(news), dependencies);
  const suspend = (change: AlertChange) => suspendWhereDemanded(change, act, dependencies);
  return { tables, letters, told, faults, tell, suspend };
}

const critical = () => alertOf({ severity: 'critical' });
const policy = { pro: 'critical' } as const;

describe('an owner', () => {
  it('is mailed once, dated as the change, with tags by which its events find the account', async () => {
    const alert = critical();
    const { letters, tell } = world(alert);
    await tell(becomes.opened(alert));
    await tell(becomes.opened(alert));
    expect(letters).toEqual([
      {
        to: 'ada@example.com',
        mail: expect.objectContaining({
          subject: 'Your AI Decision Engine API key: many more requests than usual',
        }),
        tags: {
          subscriptionId: alert.subscriptionId,
          kind: 'alert-opened',
          message: `${alert.alertId}-1`,
        },
        date: new Date(iso(0)),
      },
    ]);
  });

  it('who has answered by now is not mailed, though the change comes late', async () => {
    const alert = critical();
    const { letters, tables, tell } = world(becomes.answered(alert, 'expected').after, { policy });
    await tell(becomes.opened(alert));
    expect([letters, tables.key?.suspensions]).toEqual([[], {}]);
  });

  it.each<[string, KeyItem | undefined]>([
    ['was revoked', revoked],
    ['is gone', undefined],
  ])(
    'is not mailed about a key that %s by now; the admins hear of the alert all the same',
    async (_, key) => {
      const alert = critical();
      const { letters, told, tell } = world(alert, { key });
      await tell(becomes.opened(alert));
      expect([letters.length, told.length]).toEqual([0, 1]);
    },
  );

  it('of a deleted account is not mailed', async () => {
    const alert = alertOf({}, { keyId: undefined });
    const { letters, told, tell } = world(alert, { owner: { email: '', deletedAt: iso(-1) } });
    await tell(becomes.opened(alert));
    expect([letters.length, told.map(({ unsent }) => unsent)]).toEqual([0, [undefined]]);
  });

  it('whose address takes no mail is named to the admins, even for what is just for information', async () => {
    const alert = alertOf({ severity: 'info' });
    const { letters, told, tell } = world(alert, {
      owner: { undeliverable: { cause: 'bounce', at: iso(-9) } },
    });
    await tell(becomes.opened(alert));
    expect(letters).toEqual([]);
    expect(told).toMatchObject([{ unsent: 'the address takes no mail', alert: { alertId: alert.alertId } }]);
  });

  it('whose mail is refused for good is named to the admins, each time that the change comes', async () => {
    const alert = critical();
    const { told, faults, tell } = world(alert);
    faults.mail = new ServiceError('MessageRejected', 'Address is on a list');
    await tell(becomes.opened(alert));
    await tell(becomes.opened(alert));
    expect(told.map(({ unsent }) => unsent)).toEqual([
      undefined,
      'it was refused for good',
      undefined,
      'it was refused for good',
    ]);
  });

  it('is mailed later where SES fails; the admins need not wait for that', async () => {
    const alert = critical();
    const { letters, told, faults, tell } = world(alert);
    faults.mail = new ServiceError('Throttling');
    await expect(tell(becomes.opened(alert))).rejects.toThrow('because');
    expect(told).toHaveLength(1);
    delete faults.mail;
    await tell(becomes.opened(alert));
    expect(letters).toHaveLength(1);
  });

  it('prefers fewer mails: a rise is the first that they get', async () => {
    const alert = alertOf();
    const risen = becomes.updated(alert, { severity: 'critical' });
    const { letters, tell } = world(risen.after, {
      owner: { preferences: { mailNewKeys: true, mailAlerts: 'critical' } },
    });
    await tell(becomes.opened(alert));
    expect(letters).toEqual([]);
    await tell(risen);
    expect(letters.map(({ tags }) => tags.kind)).toEqual(['alert-risen']);
  });
});

describe('by policy', () => {
  it('the key is suspended before its owner is mailed, whatever they prefer, and the mail says so', async () => {
    const alert = critical();
    const { tables, letters, told, tell } = world(alert, {
      policy: { pro: 'warning' },
      owner: { preferences: { mailNewKeys: true, mailAlerts: 'critical' } },
    });
    await tell(becomes.opened(alert));
    expect(tables.key).toMatchObject({
      suspensions: {
        anomaly: {
          at: iso(0),
          by: 'deliver-alerts',
          reason: `${alert.alertId}: surge, critical`,
          alertIds: [alert.alertId],
        },
      },
      revision: waiting.revision + 1,
      change: { action: 'suspend-key', actor: { kind: 'system', id: 'deliver-alerts' } },
    });
    expect(tables.alert).toMatchObject({
      suspended: { at: iso(0) },
      revision: 2,
      change: { action: 'update-alert' },
    });
    expect(letters[0]?.mail.subject).toContain('is suspended');
    expect(told).toMatchObject([{ isSuspended: true }]);
  });

  it('waits for no mail: all keys of a batch are suspended before anybody is told', async () => {
    const alert = critical();
    const { tables, letters, told, faults, tell, suspend } = world(alert, { policy });
    faults.mail = new ServiceError('Throttling');
    await suspend(becomes.opened(alert));
    expect(Object.keys(tables.key?.suspensions ?? {})).toEqual(['anomaly']);
    expect([letters, told]).toEqual([[], []]);
    delete faults.mail;
    await tell(becomes.opened(alert));
    expect(letters[0]?.mail.subject).toContain('is suspended');
    expect(tables.alert.revision).toBe(2);
  });

  it('happens once: a key that goes on again is left alone, however often the change comes', async () => {
    const alert = critical();
    const { tables, tell } = world(alert, { policy });
    await tell(becomes.opened(alert));
    const { anomaly: _lifted, ...others } = tables.key?.suspensions ?? {};
    if (tables.key !== undefined) tables.key = { ...tables.key, suspensions: others, revision: 6 };
    await tell(becomes.opened(alert));
    await tell(becomes.updated({ ...alert, severity: 'warning' }, { severity: 'critical' }));
    expect(tables.key?.suspensions).toEqual({});
  });

  it('leaves other causes as they are, and holds the key as well where another alert was first', async () => {
    const alert = critical();
    const anomaly = { at: iso(-2), by: 'deliver-alerts', reason: 'another', alertIds: ['alert_another'] };
    const payment = { at: iso(-9), by: 'billing' };
    const key = { ...waiting, suspensions: { payment, anomaly } };
    const { tables, letters, tell } = world(alert, { policy, key });
    await tell(becomes.opened(alert));
    const alertIds = ['alert_another', alert.alertId];
    expect(tables.key?.suspensions).toEqual({ payment, anomaly: { ...anomaly, alertIds } });
    expect(tables.alert.suspended).toEqual({ at: iso(0) });
    expect(letters[0]?.mail.text).toContain('the key is suspended since 3 March 2027, 10:00 UTC');
    expect(letters[0]?.mail.text).toContain('there is another one');
  });

  it('a key that another alert held, and that is let go on between reading and writing, is suspended all the same', async () => {
    const alert = critical();
    const anomaly = { at: iso(-2), by: 'deliver-alerts', alertIds: ['alert_another'] };
    const { tables, tell } = world(alert, {
      policy,
      key: { ...waiting, suspensions: { anomaly } },
      meanwhile: (now) => {
        now.key = now.key && { ...now.key, suspensions: {}, revision: now.key.revision + 1 };
      },
    });
    await tell(becomes.opened(alert));
    expect(tables.key?.suspensions.anomaly).toMatchObject({ at: iso(0), alertIds: [alert.alertId] });
  });

  it('an answer that comes between reading and writing wins', async () => {
    const alert = critical();
    const { tables, letters, tell } = world(alert, {
      policy,
      meanwhile: (now) => {
        now.alert = becomes.answered(now.alert, 'expected').after;
      },
    });
    await tell(becomes.opened(alert));
    expect([tables.key, letters]).toEqual([waiting, []]);
  });

  it('a change of the key between reading and writing is kept', async () => {
    const alert = critical();
    const { tables, tell } = world(alert, {
      policy,
      meanwhile: (now) => {
        now.key = now.key && { ...now.key, name: 'renamed', revision: now.key.revision + 1 };
      },
    });
    await tell(becomes.opened(alert));
    expect(tables.key).toMatchObject({ name: 'renamed', suspensions: { anomaly: {} } });
  });

  it('where no tier has one, nothing is ever written', async () => {
    const alert = critical();
    const { tables, tell } = world(alert);
    await tell(becomes.opened(alert));
    expect([tables.key, tables.alert]).toEqual([waiting, alert]);
  });
});

describe('the admins', () => {
  let sequence = 0;
  const newsOf = (alert = critical(), more: Partial<BatchNews> = {}): BatchNews => {
    sequence += 1;
    return { turn: 'opened', alert, isSuspended: false, sequenceNumber: String(sequence), ...more };
  };

  function topic() {
    const messages: AdminAlert[] = [];
    const faults = { times: 0 };
    return {
      messages,
      faults,
      tell: (news: readonly BatchNews[], failed: readonly string[] = []) =>
        tellAdmins(
          {
            async publish(message) {
              faults.times -= 1;
              if (faults.times >= 0) throw new ServiceError('InternalError', 'SNS fails');
              messages.push(message);
            },
          },
          async (forAdmins) => {
            for (const each of news) forAdmins(each);
            return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
          },
        ),
    };
  }

  test('are told once of a change that comes twice, and again if its owner is found not to be reached', async () => {
    const { messages, tell } = topic();
    const news = newsOf();
    await tell([news]);
    await tell([news]);
    expect(messages).toHaveLength(1);
    const unsent = { ...news, unsent: 'it was refused for good' };
    await tell([news, unsent]);
    await tell([unsent]);
    expect(messages).toHaveLength(2);
    expect(messages[1]?.text).toContain('was refused for good');
  });

  test('are told of a storm in one message', async () => {
    const { messages, tell } = topic();
    await tell(Array.from({ length: 100 }, () => newsOf()));
    expect(messages.map(({ subject }) => subject)).toEqual([
      'Latchkey: 100 alerts of unusual traffic, 100 critical',
    ]);
  });

  test('where they cannot be told, the changes come again, and what they were told is not told again', async () => {
    const { messages, faults, tell } = topic();
    const batch = [newsOf(), newsOf(), newsOf()];
    faults.times = 1;
    const { batchItemFailures } = await tell(batch, ['7000', batch[0]?.sequenceNumber ?? '']);
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
      '7000',
      batch[0]?.sequenceNumber,
    ]);
    expect(messages).toHaveLength(2);
    await tell(batch);
    expect(messages).toHaveLength(3);
  });
});

test('of a large batch only so many items are taken at once, each in its order', async () => {
  const Records = Array.from(
    { length: 40 },
    (_, i): DynamoDBRecord => ({
      dynamodb: { Keys: { alertId: { S: `alert_${i % 20}` } }, SequenceNumber: String(i) },
    }),
  );
  let running = 0;
  let most = 0;
  const taken: number[] = [];
  await changesInOrder(
    { Records },
    async ({ dynamodb }) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      taken.push(Number(dynamodb?.SequenceNumber));
      running -= 1;
      return 'done';
    },
    5,
  );
  expect(most).toBe(5);
  expect(taken.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  for (let i = 0; i < 20; i++) expect(taken.indexOf(i)).toBeLessThan(taken.indexOf(i + 20));
});
