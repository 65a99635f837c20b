import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AlertItem, answered, closed, updated } from '../../functions/alerts/rules/alert-item.ts';
import type { ChangeAction } from '../../functions/runtime/rules/change.ts';
import { accountsOf } from './account-mails-support.ts';
import { newSubscriber } from './account-support.ts';
import { alertItem, openAlert } from './alerts-support.ts';
import {
  addressOf,
  deliveryOf,
  holdsKey,
  holdsLink,
  type Mail,
  type TestDelivery,
} from './delivery-support.ts';
import { generousRates } from './generous-rates.ts';
import { itemsOf, keyItem, requestedBy, tableName } from './management-support.ts';
import { deliverBatch, recordOf as recordOfItem } from './stream-batch.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/** Owners and admins are told what is unusual, and where the stage wants it, the key is suspended before they are. */

let stack: TestStack;
let delivery: TestDelivery;

beforeAll(async () => {
  // Tier free has a policy, the others have none.
  const overrides = { ...generousRates, alerts: { suspend: { free: 'critical' } } };
  stack = await startTestStack({ overrides });
  delivery = deliveryOf(stack);
});
afterAll(async () => {
  await delivery.endsWell();
  await stack.close();
});

interface Owner {
  readonly email: string;
  readonly subscriptionId: string;
  readonly keyId: string;
  readonly apiKey: string;
}

/** Somebody with a key, of whom nothing but alerts is mailed. */
async function owner(tier = 'pro', mailbox = 'ada'): Promise<Owner> {
  const email = addressOf(mailbox);
  const made = await delivery.generate({ email, tier, name: 'Production', deliver: false });
  return { email, subscriptionId: made.subscriptionId, keyId: made.keyId, apiKey: made.apiKey };
}

const alertFor = ({ subscriptionId, keyId }: Owner, about: Partial<AlertItem> = {}) =>
  openAlert(stack, { subscriptionId, keyId, tier: 'pro', ...about });

/** The next revision of an alert, as the rules make it and a function writes it. */
async function write(
  action: ChangeAction,
  alert: AlertItem,
  next: (alert: AlertItem, change: AlertItem['change']) => AlertItem | undefined,
): Promise<AlertItem> {
  const at = new Date(stack.clock.now()).toISOString();
  const change = { action, actor: { kind: 'system', id: 'a test' }, requestId: 'by-hand', at } as const;
  const item = next(alert, change);
  if (item === undefined) throw new Error('nothing changed');
  await stack.dynamodb.send(
    new PutCommand({
      TableName: tableName(stack, 'Alerts'),
      Item: item,
      ConditionExpression: 'revision = :read',
      ExpressionAttributeValues: { ':read': alert.revision },
    }),
  );
  return item;
}

/** Mails to this address about something unusual, once all is told. */
async function mailsTo(email: string): Promise<Mail[]> {
  await delivery.settle();
  const mails = await delivery.mails(email);
  const about = mails.filter(({ body }) => body.text?.includes('Which alerts are mailed'));
  for (const mail of about) expect([holdsKey(mail), holdsLink(mail)]).toEqual([false, false]);
  return about;
}

const subjectsTo = async (email: string) => (await mailsTo(email)).map(({ subject }) => subject);
const status = async (apiKey: string) => (await stack.evaluate(apiKey)).status;

const surge = 'many more requests than usual';
const opened = `Your AI Decision Engine API key: ${surge}`;
const risen = `Your AI Decision Engine API key, critical now: ${surge}`;
const over = 'Your AI Decision Engine API key: no longer more requests than usual';
const suspendedMail = `Your AI Decision Engine API key is suspended: ${surge}`;

describe('an incident', () => {
  test('is mailed when it begins, when it becomes more severe and when it is over; admins hear of the first two', async () => {
    const ada = await owner();
    const alert = await alertFor(ada);
    expect(await subjectsTo(ada.email)).toEqual([opened]);
    const figures = { ...alert, explanation: '5,000 requests within an hour; usual are about 120.' };
    const goesOn = await write('update-alert', alert, (item, change) => updated(item, figures, change));
    const worse = { ...figures, severity: 'critical' } as const;
    const rising = await write('update-alert', goesOn, (item, change) => updated(item, worse, change));
    await write('close-alert', rising, (item, change) => closed(item, 'over', change));
    expect(await subjectsTo(ada.email)).toEqual([opened, risen, over]);
    await delivery.told(alert.alertId, [`Latchkey: warning: ${surge}`, `Latchkey: critical: ${surge}`]);
    expect(await status(ada.apiKey)).toBe(200);
  });

  test('is explained in plain words, with the key’s name and id, and links that need a sign-in', async () => {
    const ada = await owner();
    const { alertId, explanation } = await alertFor(ada);
    const [mail] = await mailsTo(ada.email);
    const text = mail?.body.text ?? '';
    for (const words of [explanation, '“Production”', ada.keyId, 'where you sign in']) {
      expect(text).toContain(words);
    }
    const links = text.match(/^http\S+\/alerts\/\S+$/gm) ?? [];
    expect(links.map((link) => new URL(link)).map(({ pathname, search }) => pathname + search)).toEqual(
      ['suspend', 'rotate', 'expected'].map((answer) => `/alerts/${alertId}?do=${answer}`),
    );
    // Whatever opens links, such as a mail program that looks into them, changes nothing.
    for (const link of links) await fetch(link);
    await delivery.settle();
    expect((await alertItem(stack, alertId)).status).toBe('open');
    expect(await status(ada.apiKey)).toBe(200);
  });

  test('that is just for information is no matter of the admins; of the API as a whole, all is', async () => {
    const ada = await owner();
    const info = await alertFor(ada, { kind: 'new-network', severity: 'info' });
    const platform = await openAlert(stack, {
      subscriptionId: 'platform',
      kind: 'refusals',
      of: '401',
      severity: 'info',
    });
    expect(await subjectsTo(ada.email)).toEqual([
      'Your AI Decision Engine API key: requests from a new network',
    ]);
    await delivery.told(platform.alertId, [
      'Latchkey: info: many refused requests without an accepted key (401)',
    ]);
    expect(await delivery.alerts(info.alertId)).toEqual([]);
  });

  test('that its owner has answered is not mailed any more, though its change comes only then', async () => {
    const ada = await owner();
    const alert = await alertFor(ada);
    await write('answer-alert', alert, (item, change) => answered(item, 'expected', change));
    const before = (await subjectsTo(ada.email)).length;
    await deliver([recordOf(alert)]);
    expect(await subjectsTo(ada.email)).toHaveLength(before);
  });

  test('is mailed by what the owner prefers', async () => {
    const email = addressOf('carol');
    const carol = await newSubscriber(stack, email);
    await carol.call('PUT', '/account/tier', { tier: 'free' });
    const { keyId } = (await carol.call('POST', '/account/keys', {})).body;
    const { subscriptionId } = (await carol.call('GET', '/account')).body;
    const { status: set } = await carol.call('PUT', '/account/settings', {
      preferences: { mailAlerts: 'critical' },
    });
    expect(set).toBe(200);
    const kind = 'silence';
    await openAlert(stack, { subscriptionId, keyId, kind, severity: 'warning' });
    expect(await subjectsTo(email)).toEqual([]);
    await openAlert(stack, { subscriptionId, keyId, kind, severity: 'critical' });
    expect(await subjectsTo(email)).toEqual(['Your AI Decision Engine API key: no requests any more']);
  });

  test('about the month leads to the plan, and not to the key', async () => {
    const ada = await owner();
    const about = { kind: 'quota-threshold', of: '2026-11/80', severity: 'info' } as const;
    await openAlert(stack, { subscriptionId: ada.subscriptionId, ...about });
    const [mail] = await mailsTo(ada.email);
    expect(mail?.subject).toBe("Your AI Decision Engine subscription: 80 % of the month's requests are used");
    expect(mail?.body.text).toMatch(/^http\S+\/plan$/m);
    expect(mail?.body.text).not.toContain('?do=');
  });
});

describe('an owner who cannot be mailed', () => {
  test('is named to the admins, even where it is just for information', async () => {
    const ada = await owner('pro', 'bounce');
    await delivery.settle();
    const { alertId } = await alertFor(ada, { severity: 'info' });
    await delivery.told(alertId, [`Latchkey: info: ${surge}`]);
    expect((await delivery.alerts(alertId))[0]?.message).toContain('the address takes no mail');
    expect(await mailsTo(ada.email)).toEqual([]);
  });

  test('whose address bounces by it gets no further mail, and the admins hear why', async () => {
    const { subscriptionId } = await accountsOf(stack).create('bounce');
    await openAlert(stack, { subscriptionId, severity: 'info' });
    await delivery.settle();
    await delivery.told(subscriptionId, ["Latchkey: mails to an owner's address come back"]);
    expect(await delivery.subscription(subscriptionId)).toMatchObject({
      undeliverable: { cause: 'bounce' },
    });
  });
});

describe('by policy', () => {
  test('a key of that tier is suspended with the very next request, and the mail says so and how it goes on', async () => {
    const ada = await owner('free');
    expect(await status(ada.apiKey)).toBe(200);
    const { alertId } = await alertFor(ada, { severity: 'critical' });
    const [mail, ...more] = await mailsTo(ada.email);
    expect([mail?.subject, more]).toEqual([suspendedMail, []]);
    expect(mail?.body.text).toContain('as soon as you give it a new secret, or say that it was you');
    expect(await status(ada.apiKey)).toBe(401);
    expect(await keyItem(stack, ada.keyId)).toMatchObject({
      suspensions: { anomaly: { by: 'deliver-alerts', reason: expect.stringContaining(alertId) } },
    });
    expect(await alertItem(stack, alertId)).toMatchObject({ suspended: {}, revision: 2, status: 'open' });
    await delivery.told(alertId, [`Latchkey: critical: ${surge}`]);
    expect((await delivery.alerts(alertId))[0]?.message).toContain('The key is suspended by policy.');
  });

  test('its owner lets it go on by "this was me", and it stays so, whatever comes again', async () => {
    const email = addressOf('dora');
    const dora = await newSubscriber(stack, email);
    await dora.call('PUT', '/account/tier', { tier: 'free' });
    const { keyId, apiKey } = (await dora.call('POST', '/account/keys', {})).body;
    const { subscriptionId } = (await dora.call('GET', '/account')).body;
    const alert = await openAlert(stack, { subscriptionId, keyId, severity: 'critical' });
    await delivery.settle();
    expect(await status(apiKey)).toBe(401);
    const answer = await dora.call('POST', `/account/alerts/${alert.alertId}/answer`, { answer: 'expected' });
    expect([answer.status, await status(apiKey)]).toEqual([200, 200]);
    await deliver([recordOf(alert)]);
    await delivery.settle();
    expect(await status(apiKey)).toBe(200);
    expect(await subjectsTo(email)).toEqual([suspendedMail]);
  });

  test('by two alerts is lifted by the answers to both, whichever comes first; the second mail says that there is another', async () => {
    const email = addressOf('dora');
    const dora = await newSubscriber(stack, email);
    const { keyId, apiKey } = (await dora.call('POST', '/account/keys', {})).body;
    const { subscriptionId } = (await dora.call('GET', '/account')).body;
    const first = await openAlert(stack, { subscriptionId, keyId, severity: 'critical' });
    await delivery.settle();
    const second = await openAlert(stack, {
      subscriptionId,
      keyId,
      kind: 'new-network',
      severity: 'critical',
    });
    await delivery.settle();
    expect((await keyItem(stack, keyId)).suspensions.anomaly).toMatchObject({
      reason: `${first.alertId}: surge, critical`,
      alertIds: [first.alertId, second.alertId],
    });
    const texts = (await mailsTo(email)).map(({ body }) => body.text?.includes('there is another one'));
    expect(texts).toEqual([false, true]);
    const answer = async ({ alertId }: AlertItem) =>
      (await dora.call('POST', `/account/alerts/${alertId}/answer`, { answer: 'expected' })).body.alert;
    expect((await answer(second)).suspendedKey).toBe(true);
    expect(await status(apiKey)).toBe(401);
    expect((await answer(first)).suspendedKey).toBe(false);
    expect(await status(apiKey)).toBe(200);
  });

  test('what its owner has answered before, what is less severe, of another tier, or not the holder’s doing, suspends nothing', async () => {
    const free = await owner('free');
    const pro = await owner('pro');
    const alerts = [
      await alertFor(free, { severity: 'warning' }),
      await alertFor(free, { kind: 'silence', severity: 'critical' }),
      await alertFor(free, { kind: 'refusals', of: '401', severity: 'critical' }),
      await alertFor(free, { kind: 'refusals', of: '403', severity: 'critical' }),
      await alertFor(free, { kind: 'refusals', of: '429', severity: 'critical' }),
      await openAlert(stack, {
        subscriptionId: free.subscriptionId,
        kind: 'quota-threshold',
        of: '2026-11/100',
        severity: 'critical',
      }),
      await alertFor(pro, { severity: 'critical' }),
    ];
    const at = new Date(stack.clock.now()).toISOString();
    const answer = { answer: 'expected', at } as const;
    // An answer of this very moment: it stands on an alert that is open still.
    await alertFor(free, { severity: 'critical', answer });
    await delivery.settle();
    expect([await status(free.apiKey), await status(pro.apiKey)]).toEqual([200, 200]);
    for (const { alertId } of alerts) expect((await alertItem(stack, alertId)).revision).toBe(1);
  });

  test('a rise to that severity suspends as a beginning does', async () => {
    const ada = await owner('free');
    const alert = await alertFor(ada);
    await delivery.settle();
    const worse = { ...alert, severity: 'critical' } as const;
    await write('update-alert', alert, (item, change) => updated(item, worse, change));
    expect(await subjectsTo(ada.email)).toEqual([opened, suspendedMail]);
    expect(await status(ada.apiKey)).toBe(401);
  });

  test('lifting it lifts no other cause', async () => {
    const email = addressOf('dora');
    const dora = await newSubscriber(stack, email);
    const { keyId, apiKey } = (await dora.call('POST', '/account/keys', {})).body;
    const { subscriptionId } = (await dora.call('GET', '/account')).body;
    const causes = async () => Object.keys((await keyItem(stack, keyId)).suspensions).toSorted();
    await stack.manage('suspend-key', { keyId, requestedBy, reason: 'by hand' });
    const { alertId } = await openAlert(stack, { subscriptionId, keyId, severity: 'critical' });
    await delivery.settle();
    expect(await causes()).toEqual(['admin', 'anomaly']);
    const answer = await dora.call('POST', `/account/alerts/${alertId}/answer`, { answer: 'expected' });
    expect([answer.status, await causes(), await status(apiKey)]).toEqual([200, ['admin'], 401]);
  });

  test('that a surge stops with a suspended key is no end of it that anybody is mailed', async () => {
    const ada = await owner('free');
    const alert = await alertFor(ada, { severity: 'critical' });
    await delivery.settle();
    const held = await alertItem(stack, alert.alertId);
    await write('close-alert', held, (item, change) => closed(item, 'over', change));
    expect(await subjectsTo(ada.email)).toEqual([suspendedMail]);
  });
});

describe('a storm', () => {
  test('of two hundred alerts is two hundred mails to owners, and a few messages to the admins', async () => {
    const owners = await Promise.all(Array.from({ length: 4 }, () => owner()));
    const before = (await everyMessage()).length;
    const alerts = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        alertFor(owners[i % 4] as Owner, { severity: i % 10 === 0 ? 'critical' : 'warning' }),
      ),
    );
    await delivery.settle();
    const mails = (await Promise.all(owners.map(({ email }) => subjectsTo(email)))).flat();
    expect(mails).toHaveLength(200);
    const messages = (await everyMessage()).slice(before);
    const counts = messages.map(({ subject }) => Number(/^Latchkey: (\d+) alerts/.exec(subject)?.[1] ?? 1));
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(200);
    // The laptop's streams do not wait for a batch to be full.
    expect(messages.length).toBeLessThan(60);
    expect(Math.max(...counts)).toBeGreaterThan(5);
    const largest = messages[counts.indexOf(Math.max(...counts))];
    const named = new Set(largest?.message.match(/alert_\w+/g));
    expect(named.size).toBe(Math.min(10, Math.max(...counts)));
    for (const id of named) expect(alerts.map(({ alertId }) => alertId)).toContain(id);
  });

  async function everyMessage() {
    return (await delivery.alerts('Latchkey: ')).filter(({ message }) => message.includes('alert_'));
  }
});

describe('a batch of the stream', () => {
  test('that comes twice tells nobody twice, as long as the instance lives', async () => {
    const ada = await owner();
    const alert = await alertFor(ada);
    expect(await subjectsTo(ada.email)).toEqual([opened]);
    await delivery.told(alert.alertId, [`Latchkey: warning: ${surge}`]);
    // The instance that was busy last is the first to be used again.
    expect(await deliver([recordOf(alert)])).toEqual({ batchItemFailures: [] });
    expect(await deliver([recordOf(alert), recordOf(alert)])).toEqual({ batchItemFailures: [] });
    expect(await subjectsTo(ada.email)).toEqual([opened]);
    expect(await delivery.alerts(alert.alertId)).toHaveLength(1);
  });

  test('with items that no function of ours has written holds up nobody', async () => {
    const ada = await owner();
    const alert = await alertFor(ada);
    await delivery.settle();
    const { revision: _none, ...strange } = alert;
    const batch = [
      recordOf(strange),
      recordOf({ ...alert, kind: 'earthquake' }),
      recordOf({ ...alert, alertId: '../../settings' }),
      { eventID: 'removed', eventName: 'REMOVE', dynamodb: { Keys: marshall({ alertId: 'alert_gone' }) } },
      recordOf({ ...alert, alertId: 'alert_00000000000000000000000000' }),
      // A revision that nobody has told of yet.
      recordOf({ ...alert, revision: 7 }),
    ];
    expect(await deliver(batch)).toEqual({ batchItemFailures: [] });
    expect(await subjectsTo(ada.email)).toEqual([opened, opened]);
    await delivery.told(alert.alertId, Array(2).fill(`Latchkey: warning: ${surge}`));
  });

  test('that is more than three hours late says of when it is', async () => {
    const ada = await owner();
    const alert = await alertFor(ada, { subscriptionId: ada.subscriptionId });
    await delivery.settle();
    const at = new Date(stack.clock.now() - 4 * 3_600_000).toISOString();
    await deliver([recordOf({ ...alert, revision: 7, change: { ...alert.change, at } })]);
    const [, late] = await mailsTo(ada.email);
    expect(late?.body.text).toContain('This mail is late');
  });
});

const recordOf = (after: object) => recordOfItem({ alertId: (after as { alertId: string }).alertId }, after);
const deliver = (records: readonly object[]) => deliverBatch(stack, 'deliver-alerts', records);

test('all that happened to alerts and keys is on record', async () => {
  await delivery.settle();
  expect((await itemsOf(stack, 'Alerts')).length).toBeGreaterThan(200);
  const { ok } = await stack.manage<{ ok: boolean }>('verify-audit', {});
  expect(ok).toBe(true);
});
