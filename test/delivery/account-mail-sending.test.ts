import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it, test } from 'vitest';
import { changesInOrder } from '../../functions/delivery/changes-in-order.ts';
import type { Letter } from '../../functions/delivery/gateways/mailer.ts';
import { type AccountMailDependencies, mailAccount } from '../../functions/delivery/mail-account.ts';
import {
  type AccountMailEventDependencies,
  recordAccountMailEvent,
} from '../../functions/delivery/record-account-mail-event.ts';
import type { AdminAlert } from '../../functions/delivery/rules/admin-alert.ts';
import type { MailEvent } from '../../functions/delivery/rules/mail-event.ts';
import { isRefusedForGood } from '../../functions/delivery/rules/refused-mail.ts';
import type { SubscriptionItem } from '../../functions/subscriptions/rules/subscription-item.ts';
import { basic, context, iso, subscriptionAfter } from './account-mail-support.ts';
import { product } from './mail-samples.ts';

const sender = 'no-reply@example.com';

class ServiceError extends Error {
  constructor(name: string, message = 'because') {
    super(message);
    this.name = name;
  }
}

let accounts = 0;

/** An account of its own for each test, for an instance remembers what it has sent. */
function account(fields: Partial<SubscriptionItem> = {}): SubscriptionItem {
  accounts += 1;
  return { ...basic, subscriptionId: `sub_${String(accounts).padStart(20, '0')}`, ...fields };
}

/** SES, the admins' topic and the table as it is by now. */
function world(now: SubscriptionItem | undefined) {
  const letters: Letter[] = [];
  const alerts: AdminAlert[] = [];
  const faults: { mail?: Error; alert?: Error } = {};
  const dependencies: AccountMailDependencies = {
    ...context,
    product,
    sender,
    subscriptions: { get: async (id) => (id === now?.subscriptionId ? now : undefined) },
    mailer: {
      async send(letter) {
        if (faults.mail !== undefined) throw faults.mail;
        letters.push(letter);
        return `message-${letters.length}`;
      },
    },
    alerts: {
      async publish(alert) {
        if (faults.alert !== undefined) throw faults.alert;
        alerts.push(alert);
      },
    },
  };
  return { letters, alerts, faults, dependencies };
}

function restored(before: SubscriptionItem) {
  return { before, after: subscriptionAfter(before, {}, 'payment-restored') };
}

describe('a change', () => {
  it('is mailed to its owner, dated as the change, with tags by which its events find the account', async () => {
    const change = restored(account());
    const { letters, alerts, dependencies } = world(change.after);
    await mailAccount(change, dependencies);
    expect(letters).toEqual([
      {
        to: 'ada@example.com',
        mail: expect.objectContaining({ subject: 'Your AI Decision Engine API keys work again' }),
        tags: {
          subscriptionId: change.after.subscriptionId,
          kind: 'payment-restored',
          message: String(change.after.revision),
        },
        date: new Date(iso(0)),
      },
    ]);
    expect(alerts).toEqual([]);
  });

  it('that means nothing to anybody sends nothing', async () => {
    const before = account();
    const after = subscriptionAfter(before, {}, 'plan-usage-key');
    const { letters, alerts, dependencies } = world(after);
    await mailAccount({ before, after }, dependencies);
    expect([letters, alerts]).toEqual([[], []]);
  });

  it('tells the state of its own, and goes where the owner is reached by now', async () => {
    const change = restored(account({ name: 'Ada' }));
    const { letters, dependencies } = world({ ...change.after, email: 'new@example.com', name: 'Bea' });
    await mailAccount(change, dependencies);
    expect(letters[0]).toMatchObject({ to: 'new@example.com' });
    expect(letters[0]?.mail.text).toMatch(/^Hello Ada,/);
  });

  it.each<[string, Partial<SubscriptionItem>]>([
    ['bounced', { undeliverable: { cause: 'bounce', at: iso(1) } }],
    ['called mails spam', { undeliverable: { cause: 'complaint', at: iso(1) } }],
  ])('is not mailed to an address that %s by now: the admins hear of it', async (_what, fields) => {
    const change = restored(account());
    const { letters, alerts, dependencies } = world({ ...change.after, ...fields });
    await mailAccount(change, dependencies);
    expect(letters).toEqual([]);
    expect(alerts.map(({ subject }) => subject)).toEqual(['Latchkey: a mail to an owner was given up']);
    expect(alerts[0]?.text).toContain('"payment-restored" was given up: the address takes no mail');
    expect(alerts[0]?.text).not.toContain('ada@example.com');
  });

  it('of an account that is deleted by now, or gone, is told to nobody', async () => {
    for (const fields of [{ email: '', deletedAt: iso(1) }, undefined]) {
      const change = restored(account());
      const now = fields && { ...change.after, ...fields };
      const { letters, alerts, dependencies } = world(now);
      await mailAccount(change, dependencies);
      expect([letters, alerts]).toEqual([[], []]);
    }
  });

  it('that deleted the account is told at the former address, which stands nowhere else', async () => {
    const before = account({ keyIds: ['a'] });
    const undeliverable = { cause: 'deleted', at: iso(0) } as const;
    const after = subscriptionAfter(
      before,
      { email: '', deletedAt: iso(0), undeliverable },
      'delete-account',
    );
    const { letters, alerts, dependencies } = world(after);
    await mailAccount({ before, after }, dependencies);
    expect(letters.map(({ to }) => to)).toEqual(['ada@example.com']);
    expect(letters[0]?.mail.text).toContain('1 API key stopped working');
    expect(alerts).toEqual([]);
  });
});

describe('another address or OpenPGP key', () => {
  const openPgpKey = { armored: 'armored', fingerprint: 'aa' };

  it.each<[string, Partial<SubscriptionItem>]>([
    ['', {}],
    [', though the address is another by now', { email: 'thief@example.org' }],
    [', though the account is deleted by now', { email: '', deletedAt: iso(1) }],
  ])('is mailed to the address as it was%s', async (_what, fields) => {
    const before = account();
    const change = { before, after: subscriptionAfter(before, { openPgpKey }, 'update-subscription') };
    const { letters, alerts, dependencies } = world({ ...change.after, ...fields });
    await mailAccount(change, dependencies);
    expect(letters).toMatchObject([{ to: 'ada@example.com', tags: { kind: 'contact-changed' } }]);
    expect(alerts).toEqual([]);
  });

  it('where the former one took no mail, is mailed to the address that does by now, and else the admins hear of it', async () => {
    const undeliverable = { cause: 'bounce', at: iso(-9) } as const;
    const before = account({ undeliverable });
    const { undeliverable: _over, ...after } = subscriptionAfter(
      before,
      { email: 'next@example.com' },
      'update-subscription',
    );
    const fine = world(after);
    await mailAccount({ before, after }, fine.dependencies);
    expect(fine.letters).toMatchObject([{ to: 'next@example.com', tags: { kind: 'address-trouble' } }]);
    expect(fine.alerts).toEqual([]);

    const other = { ...after, revision: after.revision + 1 };
    const again = world({ ...other, undeliverable });
    await mailAccount({ before, after: other }, again.dependencies);
    expect(again.letters).toEqual([]);
    expect(again.alerts[0]?.text).toContain('"address-trouble" was given up: the address takes no mail');
  });
});

describe('where something stands in the way of every mail', () => {
  it('the change comes again, until the mail leaves: once', async () => {
    const change = restored(account());
    const { letters, alerts, faults, dependencies } = world(change.after);
    faults.mail = new ServiceError('Throttling', 'Maximum sending rate exceeded.');
    for (let tries = 0; tries < 3; tries++) {
      await expect(mailAccount(change, dependencies)).rejects.toThrow('Maximum sending rate');
    }
    delete faults.mail;
    await mailAccount(change, dependencies);
    await mailAccount(change, dependencies);
    expect([letters.length, alerts.length]).toEqual([1, 0]);
  });

  it('a request is alerted once, though its mail takes several tries', async () => {
    const before = account();
    const request = { tier: 'enterprise', status: 'open', requestedAt: iso(0) } as const;
    const change = { before, after: subscriptionAfter(before, { request }, 'request-tier') };
    const { letters, alerts, faults, dependencies } = world(change.after);
    faults.mail = new ServiceError('ServiceUnavailable');
    await expect(mailAccount(change, dependencies)).rejects.toThrow();
    delete faults.mail;
    await mailAccount(change, dependencies);
    expect([letters.length, alerts.map(({ subject }) => subject)]).toEqual([
      1,
      ['Latchkey: a tier was requested'],
    ]);
  });

  it('and the admins cannot be told either, nothing is given up', async () => {
    const change = restored(account());
    const { alerts, faults, dependencies } = world(change.after);
    faults.mail = new ServiceError('MessageRejected', 'Address is on a list');
    faults.alert = new ServiceError('InternalError', 'SNS fails');
    await expect(mailAccount(change, dependencies)).rejects.toThrow('SNS fails');
    delete faults.alert;
    await mailAccount(change, dependencies);
    expect(alerts).toHaveLength(1);
  });
});

describe('a mail that can never be sent is told to the admins, and holds up nothing', () => {
  it('where SES refuses it', async () => {
    const change = restored(account());
    const { letters, alerts, faults, dependencies } = world(change.after);
    faults.mail = new ServiceError('InvalidParameterValue', 'Local address contains control or whitespace');
    await mailAccount(change, dependencies);
    await mailAccount(change, dependencies);
    expect(letters).toEqual([]);
    expect(alerts.map(({ text }) => text)).toEqual([
      expect.stringContaining('The mail "payment-restored" was given up: it was refused for good.'),
    ]);
    expect(alerts[0]?.text).toContain(`subscription ${change.after.subscriptionId}, tier free`);
  });

  it.each<[string, Partial<SubscriptionItem>, string]>([
    ['a tier that nobody knows', { tier: 'gold' }, 'payment-restored'],
    ['a payment that failed at no time', {}, 'payment-failed'],
  ])('where its item was written past the product: %s', async (_what, fields, action) => {
    const before = account();
    const change = { before, after: subscriptionAfter(before, fields, action) };
    const { letters, alerts, dependencies } = world(change.after);
    await mailAccount(change, dependencies);
    expect(letters).toEqual([]);
    expect(alerts[0]?.text).toContain(`The mail "${action}" was given up: it cannot be written.`);
  });
});

describe('what SES refuses for good', () => {
  const unverified = (...identities: string[]) =>
    `Email address is not verified. The following identities failed the check in region EU-WEST-1: ${identities.join(', ')}`;

  it.each<[string, Error, boolean]>([
    ['a content', new ServiceError('MessageRejected', 'Message is too long'), true],
    ['a recipient in the sandbox', new ServiceError('MessageRejected', unverified('ada@example.org')), true],
    ['an address that is none', new ServiceError('InvalidParameterValue', "Missing final '@domain'"), true],
    ['an address that we do not write to', new RangeError('not exactly one address'), true],
    ['the sender', new ServiceError('MessageRejected', unverified('ada@example.org', sender)), false],
    ['the sender’s domain', new ServiceError('MessageRejected', unverified('EXAMPLE.com')), false],
    ['all mail', new ServiceError('MessageRejected', 'Sending paused for this account.'), false],
    ['all mail, by name', new ServiceError('AccountSendingPausedException'), false],
    ['the configuration set', new ServiceError('ConfigurationSetDoesNotExist'), false],
    ['the MAIL FROM domain', new ServiceError('MailFromDomainNotVerifiedException'), false],
    ['the role', new ServiceError('AccessDenied'), false],
    ['the rate', new ServiceError('Throttling'), false],
    ['nothing: it does not answer', new ServiceError('TimeoutError'), false],
    ['nothing: it is not reached', Object.assign(new Error('reset'), { code: 'ECONNRESET' }), false],
  ])('%s: %s, %s', (_what, error, expected) => {
    expect(isRefusedForGood(error, sender)).toBe(expected);
  });

  it('what is no error at all is tried again', () => {
    expect(isRefusedForGood('refused', sender)).toBe(false);
  });
});

describe('a batch of changes', () => {
  const record = (item: string, sequence: number): DynamoDBRecord => ({
    dynamodb: { Keys: { subscriptionId: { S: item } }, SequenceNumber: String(sequence) },
  });
  const Records = [record('a', 1), record('b', 2), record('a', 3), record('b', 4), record('c', 5)];

  test('of one item is taken in order, and what comes after a failure waits for it', async () => {
    const taken: string[] = [];
    const { batchItemFailures } = await changesInOrder({ Records }, async ({ dynamodb }) => {
      const sequence = dynamodb?.SequenceNumber ?? '';
      taken.push(sequence);
      return sequence === '2' ? 'again' : 'done';
    });
    expect(batchItemFailures).toEqual([{ itemIdentifier: '2' }]);
    expect(taken.toSorted()).toEqual(['1', '2', '3', '5']);
    expect(taken.indexOf('1')).toBeLessThan(taken.indexOf('3'));
  });

  test('tells the first failure of each item, and none where all was taken', async () => {
    const failing = await changesInOrder({ Records }, async () => 'again');
    expect(failing.batchItemFailures).toEqual(['1', '2', '5'].map((itemIdentifier) => ({ itemIdentifier })));
    expect(await changesInOrder({ Records }, async () => 'done')).toEqual({ batchItemFailures: [] });
  });
});

describe('what became of a mail about an account', () => {
  const act = { actor: { kind: 'system', id: 'a test' }, requestId: 'r', now: new Date(iso(1)) } as const;
  const tags = (subscription: SubscriptionItem) => ({
    subscriptionId: subscription.subscriptionId,
    kind: 'payment-failed',
    message: '8',
  });

  /** Told on the way to the admins and to the table, in the order in which it happens. */
  function mailbox(subscription: SubscriptionItem) {
    let item = subscription;
    const order: string[] = [];
    const dependencies: AccountMailEventDependencies = {
      // One put alone is all that is ever committed here.
      client: {
        send: async (command: { input: { Item: SubscriptionItem } }) => {
          item = command.input.Item;
          order.push('marked');
        },
      } as unknown as AccountMailEventDependencies['client'],
      subscriptions: {
        get: async () => item,
        replacement: (next) => ({ label: 'subscription', item: { Put: { TableName: 't', Item: next } } }),
      },
      alerts: { publish: async ({ subject }) => void order.push(subject) },
    };
    return { order, dependencies, item: () => item };
  }

  const bounce = (subscription: SubscriptionItem, permanent: boolean, address = 'ada@example.com') =>
    ({
      kind: 'bounced',
      permanent,
      why: permanent ? 'Permanent, General' : 'Transient, MailboxFull',
      address,
      tags: tags(subscription),
      messageId: 'message-1',
    }) as const satisfies MailEvent;

  it('a bounce for good marks the address, after the admins were told', async () => {
    const { order, dependencies, item } = mailbox(account());
    await recordAccountMailEvent(bounce(item(), true), act, dependencies);
    expect(order).toEqual(["Latchkey: mails to an owner's address come back", 'marked']);
    expect(item()).toMatchObject({
      undeliverable: { cause: 'bounce', at: iso(1) },
      revision: 8,
      change: { action: 'mail-bounced', reason: 'Permanent, General' },
    });
    await recordAccountMailEvent(bounce(item(), true), act, dependencies);
    expect(order).toHaveLength(2);
  });

  it('a complaint does likewise', async () => {
    const { order, dependencies, item } = mailbox(account());
    const complaint = { kind: 'complaint', address: 'Ada@Example.com', messageId: 'm' } as const;
    await recordAccountMailEvent({ ...complaint, tags: tags(item()) }, act, dependencies);
    expect(order).toEqual(['Latchkey: an owner called a mail spam', 'marked']);
    expect(item()).toMatchObject({ undeliverable: { cause: 'complaint' }, change: { action: 'complaint' } });
  });

  it('a bounce for now is told to the admins, and marks nothing', async () => {
    const { order, dependencies, item } = mailbox(account());
    await recordAccountMailEvent(bounce(item(), false), act, dependencies);
    expect(order).toEqual(['Latchkey: a mail to an owner did not arrive']);
    expect(item().undeliverable).toBeUndefined();
  });

  it('a delivery changes nothing, and neither does what came of an address that is not the owner’s any more', async () => {
    const { order, dependencies, item } = mailbox(account());
    const delivered = { kind: 'delivered', tags: tags(item()), messageId: 'm' } as const;
    await recordAccountMailEvent(delivered, act, dependencies);
    for (const permanent of [true, false]) {
      await recordAccountMailEvent(bounce(item(), permanent, 'former@example.com'), act, dependencies);
    }
    const gone = mailbox(account({ email: '', deletedAt: iso(0) }));
    await recordAccountMailEvent(bounce(gone.item(), true), act, gone.dependencies);
    expect([order, gone.order]).toEqual([[], []]);
  });
});
