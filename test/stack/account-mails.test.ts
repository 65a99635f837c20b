import { marshall } from '@aws-sdk/util-dynamodb';
import { generateKey } from 'openpgp';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { dayOf } from '../../functions/delivery/mail/wording.ts';
import type { SubscriptionItem } from '../../functions/subscriptions/rules/subscription-item.ts';
import { accountsOf, type TestAccounts } from './account-mails-support.ts';
import { newSubscriber } from './account-support.ts';
import { type FaultyStack, startFaultyStack } from './delivery-faults-support.ts';
import {
  addressOf,
  deliveryOf,
  holdsKey,
  holdsLink,
  type Mail,
  type TestDelivery,
} from './delivery-support.ts';
import { day, minute, requestedBy } from './management-support.ts';
import { deliverBatch, recordOf as recordOfItem } from './stream-batch.ts';
import type { TestStack } from './test-stack.ts';

/** Owners are mailed what happens to their account, its tier and its payments, whoever changed it, and whatever fails. */

let faulty: FaultyStack;
let stack: TestStack;
let delivery: TestDelivery;
let accounts: TestAccounts;

beforeAll(async () => {
  faulty = await startFaultyStack(['mail-account', 'record-mail-event', 'deliver-key']);
  stack = faulty.stack;
  delivery = deliveryOf(stack);
  accounts = accountsOf(stack);
});
beforeEach(() => {
  for (const each of Object.values(faulty.functions)) each.setFault(() => undefined);
});
afterAll(async () => {
  await delivery.endsWell();
  await faulty.close();
});

const dashboard = () =>
  String(
    stack.template.byType('AWS::Lambda::Function').flatMap(({ properties }) => {
      const environment = properties['Environment'] as { Variables?: Record<string, string> } | undefined;
      return environment?.Variables?.['DASHBOARD_ORIGIN'] ?? [];
    })[0],
  );

/** Mails that this address got, once all is sent that follows from what was done; every one with help, and without a secret. */
async function mailsTo(email: string): Promise<Mail[]> {
  await delivery.settle();
  const mails = await delivery.mails(email);
  for (const mail of mails) {
    const { text = '', html = '' } = mail.body;
    for (const part of [text, html]) {
      for (const help of ['support@aiweedcompany.com', 'https://docs.', 'https://status.']) {
        expect(part).toContain(help);
      }
    }
    expect([holdsKey(mail), holdsLink(mail)]).toEqual([false, false]);
    expect(`${mail.subject}${text}${html}`).not.toMatch(/\b(?:cus|cs|price|in|ch)_\w|undefined/);
  }
  return mails;
}

const subjectsTo = async (email: string) => (await mailsTo(email)).map(({ subject }) => subject);
const lastTo = async (email: string) => (await mailsTo(email)).at(-1)?.body.text ?? '';

const paying = (at: (hours: number) => string) => ({
  tier: 'pro',
  tierCause: 'payment' as const,
  payment: {
    customerId: 'cus_NffrFeUfNV2Hib',
    stripeSubscriptionId: 'sub_1MowQVLkdIwHu7ixeRlqHVzs',
    status: 'active' as const,
    periodEndsAt: at(600),
  },
});

const calls = () => faulty.functions['mail-account']?.calls ?? [];
const fail = (fault: Parameters<FaultyStack['functions'][string]['setFault']>[0]) =>
  faulty.functions['mail-account']?.setFault(fault);

describe('accounts', () => {
  test('a first sign-in is welcomed once, however many requests come with it', async () => {
    const email = addressOf('ada');
    const ada = await newSubscriber(stack, email);
    await Promise.all(Array.from({ length: 5 }, () => ada.call('GET', '/account')));
    await delivery.settle();
    const mails = (await delivery.mails(email)).filter(({ subject }) => /^Welcome/.test(subject));
    expect(mails.map(({ subject }) => subject)).toEqual(['Welcome to AI Decision Engine']);
    expect(mails[0]?.body.text).toContain(`Open my dashboard:\n${dashboard()}`);
  });

  test('an owner whose subscription an admin made is told that it is in the account now, and an admin’s change of its tier', async () => {
    const email = addressOf('bob');
    const { subscriptionId } = await delivery.generate({ email, tier: 'free', deliver: false });
    await stack.manage('change-tier', {
      subscriptionId,
      tier: 'pro',
      requestedBy,
      reason: 'As <b>agreed</b>',
    });
    await delivery.settle();
    // The mail about the key comes from another function, before or after this one.
    const changed = (await delivery.mails(email)).find(({ subject }) =>
      / tier is now Pro$/.test(subject),
    )?.body;
    expect(changed?.text).toContain(
      'is in the Pro tier, with 10,000 requests/month. Before, it was in the Free tier.',
    );
    expect(changed?.text).toContain(`It was changed by ${requestedBy}, an administrator.`);
    expect(changed?.text).toContain('The reason given: “As <b>agreed</b>”');
    expect(changed?.html).toContain('As &lt;b&gt;agreed&lt;/b&gt;');

    const bob = await newSubscriber(stack, email);
    expect((await bob.call('GET', '/account')).body).toMatchObject({ subscriptionId, tier: 'pro' });
    await delivery.settle();
    const joined = await delivery.lastMail(
      email,
      /^Your AI Decision Engine subscription is now in your account$/,
    );
    expect(joined.body.text).toContain('with 1 key, is now in that account');
  });

  test('a deletion is confirmed at the address that is stored nowhere any more, and nothing comes there afterwards', async () => {
    const email = addressOf('carol');
    const carol = await newSubscriber(stack, email);
    await carol.call('POST', '/account/keys', {});
    await carol.call('DELETE', '/account');
    await delivery.settle();
    const farewell = await delivery.lastMail(email, /^Your AI Decision Engine account was deleted$/);
    expect(farewell.body.text).toContain('1 API key stopped working');
    const before = await delivery.subjects(email);
    await delivery.pass(2 * day);
    expect(await delivery.subjects(email)).toEqual(before);
  });
});

describe('where and how keys are mailed', () => {
  const changed = 'Mails about your AI Decision Engine API key: something was changed';
  const begun = ['Your code for AI Decision Engine', 'Welcome to AI Decision Engine'];
  const openPgp = async (email: string) =>
    (await generateKey({ userIDs: [{ email }], format: 'object' })).publicKey;

  test('an OpenPGP key that is put on file before there is any API key is told to the account, and a name is not', async () => {
    const email = addressOf('ada');
    const ada = await newSubscriber(stack, email);
    await ada.call('PUT', '/account/settings', { name: 'Ada', preferences: { mailNewKeys: false } });
    const key = await openPgp(email);
    await ada.call('PUT', '/account/settings', { openPgpKey: key.armor() });
    expect(await subjectsTo(email)).toEqual([...begun, changed]);
    expect(await lastTo(email)).toContain('It was changed in your account.');
    expect((await lastTo(email)).toLowerCase()).toContain(key.getFingerprint());
    await ada.call('PUT', '/account/settings', { openPgpKey: null });
    expect(await subjectsTo(email)).toEqual([...begun, changed, changed]);
    expect(await lastTo(email)).toContain('no longer encrypted');
  });

  test('an address that an admin changes is told to the former one, and not to the new one', async () => {
    const [email, next] = [addressOf('bob'), addressOf('bob')];
    const bob = await newSubscriber(stack, email);
    const { subscriptionId } = (await bob.call('GET', '/account')).body;
    await delivery.update({ subscriptionId, email: next, reason: 'As asked' });
    expect(await subjectsTo(email)).toEqual([...begun, changed]);
    const told = await lastTo(email);
    expect(told).toContain(`${requestedBy}, an administrator, changed it.`);
    expect(told).toContain('The reason given: “As asked”');
    expect(told).toContain('Mails go to b…@example.com, and no longer to this address.');
    expect(await delivery.mails(next)).toEqual([]);
  });

  test('is told once where there are keys, and where the last one was revoked', async () => {
    const email = addressOf('carol');
    const carol = await newSubscriber(stack, email);
    const { keyId } = (await carol.call('POST', '/account/keys', {})).body;
    const times = async () => {
      await delivery.settle();
      return (await delivery.subjects(email)).filter((subject) => subject === changed).length;
    };
    await carol.call('PUT', '/account/settings', { openPgpKey: (await openPgp(email)).armor() });
    expect(await times()).toBe(1);
    await carol.call('DELETE', `/account/keys/${keyId}`);
    await carol.call('PUT', '/account/settings', { openPgpKey: null });
    expect(await times()).toBe(2);
  });

  test('is told once where a first key is made at the same moment', async () => {
    const email = addressOf('dora');
    const dora = await newSubscriber(stack, email);
    await dora.call('GET', '/account');
    const openPgpKey = (await openPgp(email)).armor();
    const answers = await Promise.all([
      dora.call('PUT', '/account/settings', { openPgpKey }),
      dora.call('POST', '/account/keys', {}),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 201]);
    await delivery.settle();
    const told = (await delivery.subjects(email)).filter((subject) => subject === changed);
    expect(told).toHaveLength(1);
  });
});

describe('payments', () => {
  test('that flip are told one by one, each by its own state', async () => {
    const { at } = accounts;
    const started = await accounts.create('ada', paying(at));
    const { payment } = started;
    if (payment === undefined) throw new Error('no payment');
    const missing = { ...payment, status: 'past-due' as const, failedAt: at(0), graceEndsAt: at(168) };
    const second = { ...missing, graceEndsAt: at(300) };
    let item = await accounts.change(started, 'payment-failed', { payment: missing });
    item = await accounts.change(item, 'payment-recovered', { payment });
    item = await accounts.change(item, 'payment-failed', { payment: second });
    item = await accounts.change(item, 'remind-payment', {
      payment: { ...second, remindedFor: second.graceEndsAt },
    });
    await accounts.change(item, 'payment-recovered', { payment });
    expect(await subjectsTo(item.email)).toEqual([
      `Your payment for AI Decision Engine failed: please pay by ${dayOf(missing.graceEndsAt)}`,
      'Your payment for AI Decision Engine arrived',
      `Your payment for AI Decision Engine failed: please pay by ${dayOf(second.graceEndsAt)}`,
      `Your AI Decision Engine Pro tier ends on ${dayOf(second.graceEndsAt)} unless it is paid`,
      'Your payment for AI Decision Engine arrived',
    ]);
    const [failed] = await delivery.mails(item.email);
    expect(failed?.body.text).toContain(`Pay or change the card:\n${dashboard()}/plan`);
  });

  test('that are missing for too long end in tier free, and the mail says why', async () => {
    const { at } = accounts;
    const started = await accounts.create('ada', paying(at));
    const { payment } = started;
    if (payment === undefined) throw new Error('no payment');
    const missing = { ...payment, status: 'past-due' as const, failedAt: at(-168), graceEndsAt: at(0) };
    const late = await accounts.change(started, 'reschedule', { payment: missing });
    const ended = { customerId: payment.customerId, status: 'ended' as const };
    await accounts.change(
      late,
      'change-tier',
      { tier: 'free', payment: ended },
      { reason: 'payment missing for 7 days' },
    );
    expect(await subjectsTo(started.email)).toEqual(['Your AI Decision Engine tier is now Free']);
    expect(await lastTo(started.email)).toContain('A payment failed, and was not made up for in time.');
  });

  test('a cancellation is noted and taken back; other changes of a payment are not told', async () => {
    const { at } = accounts;
    const started = await accounts.create('ada', paying(at));
    const { payment } = started;
    if (payment === undefined) throw new Error('no payment');
    const canceled = { ...payment, cancelsAt: payment.periodEndsAt ?? '' };
    let item = await accounts.change(started, 'payment-changed', {
      payment: { ...payment, periodEndsAt: at(900) },
    });
    item = await accounts.change(item, 'payment-changed', { payment: canceled });
    item = await accounts.change(item, 'payment-changed', { payment });
    expect(await subjectsTo(item.email)).toEqual([
      expect.stringMatching(/^Your AI Decision Engine Pro tier ends on /),
      'Your AI Decision Engine Pro tier goes on',
    ]);
  });

  test('a payment that is taken back, and the next one', async () => {
    const { at } = accounts;
    const started = await accounts.create('ada', paying(at));
    const { payment } = started;
    if (payment === undefined) throw new Error('no payment');
    const reversed = { ...payment, reversal: { kind: 'dispute' as const, at: at(0) } };
    const item = await accounts.change(started, 'payment-reversed', { payment: reversed });
    await accounts.change(item, 'payment-restored', { payment });
    expect(await subjectsTo(item.email)).toEqual([
      'Your AI Decision Engine API keys are suspended: a payment was taken back',
      'Your AI Decision Engine API keys work again',
    ]);
  });
});

describe('a request for a tier', () => {
  const note = 'Call me: +49 30 1234567 <img src=x onerror=alert(1)>';

  test('is confirmed to its owner and alerted to the admins, who are not told the owner’s words or address', async () => {
    const item = await accounts.create('ada');
    const request = { tier: 'enterprise', status: 'open', requestedAt: accounts.at(0), note } as const;
    const asked = await accounts.change(item, 'request-tier', { request });
    expect(await subjectsTo(item.email)).toEqual([
      'We have your request for the AI Decision Engine Enterprise tier',
    ]);
    await delivery.told(item.subscriptionId, ['Latchkey: a tier was requested']);
    const [alert] = await delivery.alerts(item.subscriptionId);
    for (const hidden of ['1234567', item.email, 'Ada']) expect(alert?.message).not.toContain(hidden);
    const [mail] = await delivery.mails(item.email);
    expect(mail?.body.html).toContain('&lt;img src=x onerror=alert(1)&gt;');

    const admin = { kind: 'admin', id: 'grace' } as const;
    const declined = {
      ...request,
      status: 'declined',
      answeredAt: accounts.at(0),
      reason: 'Too early',
    } as const;
    const no = await accounts.change(
      asked,
      'decline-request',
      { request: declined },
      { actor: admin, reason: 'Too early' },
    );
    expect(await lastTo(item.email)).toContain('It was declined by grace, an administrator.');
    const again = await accounts.change(no, 'request-tier', { request });
    const approved = { ...request, status: 'approved', answeredAt: accounts.at(0) } as const;
    await accounts.change(
      again,
      'approve-request',
      { request: approved, tier: 'enterprise', tierCause: 'admin' },
      { actor: admin },
    );
    const yes = await lastTo(item.email);
    expect(yes).toContain('approved by grace, an administrator. Since');
    expect(yes).toContain('in the Enterprise tier, with 1,000,000 requests/month.');
  });
});

describe('an address', () => {
  const gaveUp = 'Latchkey: a mail to an owner was given up';

  test.each([
    ['bounce', "Latchkey: mails to an owner's address come back"],
    ['complaint', 'Latchkey: an owner called a mail spam'],
  ])(
    '%s: a mail about an account marks it as one about a key does; no other mail goes there, and the admins hear of each',
    async (mailbox, alert) => {
      const started = await accounts.create(mailbox, paying(accounts.at));
      await accounts.change(started, 'payment-recovered');
      await delivery.settle();
      await delivery.told(started.subscriptionId, [alert]);
      const marked = await delivery.subscription(started.subscriptionId);
      expect(marked).toMatchObject({ undeliverable: { cause: mailbox }, revision: 3 });
      await accounts.change(marked, 'payment-recovered');
      await delivery.settle();
      await delivery.told(started.subscriptionId, [alert, gaveUp]);
      expect(await delivery.mails(started.email)).toHaveLength(1);
    },
  );

  test('full: the admins hear of it, and the next mail is tried all the same', async () => {
    const started = await accounts.create('full', paying(accounts.at));
    const item = await accounts.change(started, 'payment-recovered');
    await delivery.settle();
    await accounts.change(item, 'payment-recovered');
    await delivery.settle();
    const told = 'Latchkey: a mail to an owner did not arrive';
    await delivery.told(started.subscriptionId, [told, told]);
    expect(await delivery.mails(started.email)).toHaveLength(2);
  });

  test('that is none can never be mailed: the admins hear of it, and whoever comes behind is mailed', async () => {
    const broken = await accounts.create('ada', { ...paying(accounts.at), email: 'nobody at example.com' });
    const fine = await accounts.create('ada', paying(accounts.at));
    await accounts.change(broken, 'payment-recovered');
    await accounts.change(fine, 'payment-recovered');
    expect(await subjectsTo(fine.email)).toHaveLength(1);
    await delivery.told(broken.subscriptionId, [gaveUp]);
    expect(await stack.logs()).not.toContain('nobody at example.com');
  });
});

describe('where a key is revoked while SES is not reached, its owner is told all the same', () => {
  const about = 'Mails about your AI Decision Engine API key';

  /** `act` while no mail leaves, which has been tried by then. */
  async function withoutMail(act: () => Promise<unknown>): Promise<void> {
    for (const each of Object.values(faulty.functions)) {
      each.setFault(({ service }) => (service === 'SES' ? 'connection-lost' : undefined));
    }
    await act();
    const tries = () => calls().filter(({ service }) => service === 'SES').length;
    await vi.waitFor(() => expect(tries()).toBeGreaterThan(3), { timeout: 30_000 });
    for (const each of Object.values(faulty.functions)) each.setFault(() => undefined);
    await delivery.settle();
  }

  const told = async (email: string) =>
    (await delivery.subjects(email)).filter((subject) => subject.startsWith(about));

  test('that another OpenPGP key is on file', async () => {
    const email = addressOf('ada');
    const ada = await newSubscriber(stack, email);
    const { keyId } = (await ada.call('POST', '/account/keys', {})).body;
    await delivery.settle();
    const key = await generateKey({ userIDs: [{ email }], format: 'object' });
    await withoutMail(async () => {
      const openPgpKey = key.publicKey.armor();
      expect((await ada.call('PUT', '/account/settings', { openPgpKey })).status).toBe(200);
      expect((await ada.call('DELETE', `/account/keys/${keyId}`)).status).toBe(200);
    });
    expect(await told(email)).toEqual([`${about}: something was changed`]);
  });

  test('that mails come to another address, after they came back', async () => {
    const [email, next] = [addressOf('bounce'), addressOf('ada')];
    const { keyId, subscriptionId } = await delivery.generate({ email });
    await delivery.settle();
    expect(await delivery.subscription(subscriptionId)).toMatchObject({ undeliverable: { cause: 'bounce' } });
    await withoutMail(async () => {
      await delivery.update({ subscriptionId, email: next });
      await stack.manage('revoke-key', { keyId, requestedBy, reason: 'Lost' });
    });
    expect(await told(next)).toEqual([`${about} now come to this address`]);
    expect(await told(email)).toEqual([]);
  });
});

describe('whatever fails', () => {
  test('while SES is not reached changes wait in the stream, and each is told once when it is back, in order', async () => {
    fail(({ service }) => (service === 'SES' ? 'connection-lost' : undefined));
    const first = await accounts.create('ada', paying(accounts.at));
    const other = await accounts.create('ada', paying(accounts.at));
    const item = await accounts.change(first, 'payment-reversed');
    await accounts.change(item, 'payment-restored');
    await accounts.change(other, 'payment-recovered');
    const tries = () => calls().filter(({ service }) => service === 'SES').length;
    // Each try is three of the SDK's own.
    await vi.waitFor(() => expect(tries()).toBeGreaterThan(6), { timeout: 30_000 });
    expect(await delivery.mails(first.email)).toEqual([]);
    fail(() => undefined);
    expect(await subjectsTo(first.email)).toEqual([
      'Your AI Decision Engine API keys are suspended: a payment was taken back',
      'Your AI Decision Engine API keys work again',
    ]);
    expect(await subjectsTo(other.email)).toEqual(['Your payment for AI Decision Engine arrived']);
    expect(await delivery.alerts(first.subscriptionId)).toEqual([]);
  });

  test('a mail whose answer got lost may come twice, the same to the letter', async () => {
    let lost = false;
    fail(({ service }) => {
      if (service !== 'SES' || lost) return undefined;
      lost = true;
      return 'answer-lost';
    });
    const started = await accounts.create('ada', paying(accounts.at));
    await accounts.change(started, 'payment-recovered');
    const mails = await mailsTo(started.email);
    expect(mails.length).toBeLessThanOrEqual(2);
    expect(new Set(mails.map(({ subject, body }) => JSON.stringify({ subject, body }))).size).toBe(1);
  });

  test('an alert that SNS did not take is told later, and the mail that goes with it comes once', async () => {
    let failures = 0;
    fail(({ service }) => {
      if (service !== 'SNS' || failures >= 5) return undefined;
      failures += 1;
      return 'connection-lost';
    });
    const item = await accounts.create('ada');
    const request = { tier: 'enterprise', status: 'open', requestedAt: accounts.at(0) } as const;
    await accounts.change(item, 'request-tier', { request });
    expect(await subjectsTo(item.email)).toHaveLength(1);
    await delivery.told(item.subscriptionId, ['Latchkey: a tier was requested']);
    expect(failures).toBe(5);
  });

  test('what became of a mail is noted, and told to the admins, though they could not be told at first', async () => {
    let failures = 0;
    faulty.functions['record-mail-event']?.setFault(({ service }) => {
      // The SDK's own tries, and one of the function's.
      if (service !== 'SNS' || failures >= 5) return undefined;
      failures += 1;
      return 'connection-lost';
    });
    const started = await accounts.create('bounce', paying(accounts.at));
    await accounts.change(started, 'payment-recovered');
    await delivery.settle();
    // SNS tries again after one and two minutes.
    await delivery.pass(2 * minute);
    await delivery.pass(2 * minute);
    await delivery.told(started.subscriptionId, ["Latchkey: mails to an owner's address come back"]);
    expect(await delivery.subscription(started.subscriptionId)).toMatchObject({
      undeliverable: { cause: 'bounce' },
    });
  });
});

describe('a batch of the stream', () => {
  const recordOf = (subscriptionId: string, after: object, before?: object) =>
    recordOfItem({ subscriptionId }, after, before);
  const deliver = (records: readonly object[]) => deliverBatch(stack, 'mail-account', records);

  /** A subscription of the table, and its next revision, of which the table never heard. */
  async function recovered(): Promise<[SubscriptionItem, SubscriptionItem]> {
    const item = await accounts.create('ada', paying(accounts.at));
    return [item, { ...item, revision: 2, change: { ...item.change, action: 'payment-recovered' } }];
  }

  test('that comes twice mails nobody twice, as long as the instance lives', async () => {
    const [before, after] = await recovered();
    const batch = [recordOf(before.subscriptionId, after, before)];
    expect(await deliver(batch)).toEqual({ batchItemFailures: [] });
    expect(await deliver(batch)).toEqual({ batchItemFailures: [] });
    expect(await subjectsTo(before.email)).toHaveLength(1);
  });

  test('in which something fails gives back the change that was not told, and mails nobody again', async () => {
    const [[first, afterFirst], [second, afterSecond]] = [await recovered(), await recovered()];
    const batch = [
      recordOf(first.subscriptionId, afterFirst, first),
      recordOf(second.subscriptionId, afterSecond, second),
    ];
    await deliver(batch.slice(0, 1));
    fail(({ service }) => (service === 'DYNAMODB' ? 'connection-lost' : undefined));
    const itemIdentifier = batch[1]?.dynamodb.SequenceNumber;
    expect(await deliver(batch)).toEqual({ batchItemFailures: [{ itemIdentifier }] });
    fail(() => undefined);
    expect(await deliver(batch)).toEqual({ batchItemFailures: [] });
    expect(
      [await subjectsTo(first.email), await subjectsTo(second.email)].map((mails) => mails.length),
    ).toEqual([1, 1]);
  });

  test('with items that no function of ours has written holds up nobody, and locks are passed over', async () => {
    const [before, after] = await recovered();
    const strange = (fields: object) =>
      recordOf('sub_strange', {
        subscriptionId: 'sub_strange',
        change: { action: 'payment-failed' },
        ...fields,
      });
    const batch = [
      strange({}),
      strange({ revision: 'one', tier: 'free' }),
      strange({ revision: 3, tier: 'gold', change: { ...after.change, action: 'payment-restored' } }),
      recordOf('email#ada@example.com', { subscriptionId: 'email#ada@example.com', lockedFor: 'sub_x' }),
      {
        eventID: 'removed',
        eventName: 'REMOVE',
        dynamodb: { Keys: marshall({ subscriptionId: 'sub_gone' }) },
      },
      recordOf(before.subscriptionId, after, before),
    ];
    expect(await deliver(batch)).toEqual({ batchItemFailures: [] });
    expect(await subjectsTo(before.email)).toHaveLength(1);
    await delivery.told('sub_strange', ['Latchkey: a mail to an owner was given up']);
  });
});
