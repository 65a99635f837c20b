import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keySubject } from '../../functions/alerts/rules/activity-item.ts';
import type { AlertAnswer } from '../../functions/alerts/rules/index.ts';
import { callAs, newSubscriber, type Subscriber, subscriber } from './account-support.ts';
import {
  alertItem,
  noonBeforeMonthEnd,
  type TestTraffic,
  tiersForTraffic,
  trafficOn,
} from './alerts-support.ts';
import { addressOf, deliveryOf, type TestDelivery } from './delivery-support.ts';
import { keyItem, requestedBy } from './management-support.ts';
import { signIn } from './sign-in.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/**
 * From requests over HTTP to the answer of whoever they are told to: the mail in the inbox, its link, the sign-in, and what
 * follows for the key, for the same pattern, and for the next one.
 */

let stack: TestStack;
let delivery: TestDelivery;
let traffic: TestTraffic;

interface Owner {
  readonly email: string;
  readonly subscriptionId: string;
  readonly keyId: string;
  readonly apiKey: string;
}

/** In the order of their answers. */
let sue: Owner;
let rob: Owner;
let eve: Owner;
let carol: Owner;
let dora: Owner;
let frank: Owner;

/** A signed-up owner of one key, with weeks of so many requests an hour; undefined: it is new. */
async function owner(tier: string, usual?: number, preferences?: object): Promise<Owner> {
  const email = addressOf('owner');
  const person = await newSubscriber(stack, email);
  await person.call('PUT', '/account/tier', { tier: 'free' });
  const { subscriptionId } = (await person.call('GET', '/account')).body;
  // Through the door that owners have not: it costs money.
  if (tier !== 'free') await stack.manage('change-tier', { subscriptionId, tier, requestedBy });
  const { keyId, apiKey } = (await person.call('POST', '/account/keys', { name: 'Production' })).body;
  if (preferences !== undefined) {
    expect((await person.call('PUT', '/account/settings', { preferences })).status).toBe(200);
  }
  if (usual !== undefined) await traffic.withHistory(keySubject(keyId), { usual, subscriptionId });
  return { email, subscriptionId, keyId, apiKey };
}

const use = ({ apiKey }: Owner, times: number) => traffic.send(times, 200, () => stack.evaluate(apiKey));
const status = async (apiKey: string) => (await stack.evaluate(apiKey)).status;
const causes = async ({ keyId }: Owner) => Object.keys((await keyItem(stack, keyId)).suspensions).toSorted();

beforeAll(async () => {
  stack = await startTestStack({ overrides: tiersForTraffic, startsAt: noonBeforeMonthEnd(5) });
  delivery = deliveryOf(stack);
  traffic = trafficOn(stack);
  sue = await owner('enterprise', 14);
  rob = await owner('enterprise', 14);
  eve = await owner('enterprise', 14);
  carol = await owner('free', undefined, { mailAlerts: 'warning' });
  dora = await owner('enterprise', 4);
  frank = await owner('enterprise', 4);
  for (const each of [sue, rob, eve, dora, frank]) await use(each, 70);
  await use(carol, 50);
  await traffic.pass();
});
afterAll(async () => {
  await delivery.endsWell([sue, rob, eve, carol, dora, frank].map(({ apiKey }) => apiKey));
  await stack.close();
});

const subjects = async ({ email }: Owner) => (await traffic.mailsTo(email)).map(({ subject }) => subject);
const surge = 'many more requests than usual';
const opened = `Your AI Decision Engine API key: ${surge}`;
const suspended = `Your AI Decision Engine API key is suspended: ${surge}`;
const goesOn = 'Your AI Decision Engine API key works again';

/** Signs in as whoever comes back after hours. */
const signedIn = async ({ email }: Owner): Promise<Subscriber> =>
  subscriber(stack, email, await signIn(stack, email));

/** What the reader of the last mail does: follows one of its links, signs in, sees the alert, and confirms. */
async function answerByMail(to: Owner, answer: AlertAnswer) {
  const mail = (await traffic.mailsTo(to.email)).at(-1);
  const link = new RegExp(`^(http\\S+/alerts/(alert_\\w+)\\?do=${answer})$`, 'm').exec(mail?.body.text ?? '');
  const [, url = '', alertId = ''] = link ?? [];
  const before = await alertItem(stack, alertId);
  expect((await fetch(url)).status).toBe(200);
  const path = `/account/alerts/${alertId}/answer`;
  expect((await callAs(stack, undefined, 'POST', path, { answer })).status).toBe(401);
  expect(await alertItem(stack, alertId)).toEqual(before);

  const person = await signedIn(to);
  const { alerts } = (await person.call('GET', '/account/alerts')).body;
  expect(alerts).toMatchObject([
    { alertId, explanation: before.explanation, answers: expect.arrayContaining([answer]) },
  ]);
  expect(mail?.body.text).toContain(before.explanation);
  const given = await person.call('POST', path, { answer });
  expect([given.status, given.body.alert]).toEqual([
    200,
    expect.objectContaining({ alertId, status: 'closed', closedBecause: answer, suspendedKey: false }),
  ]);
  return given.body;
}

test('"suspend": the key stops with the next request', async () => {
  expect(await subjects(sue)).toEqual([opened]);
  expect(await status(sue.apiKey)).toBe(200);
  await answerByMail(sue, 'suspend');
  expect(await causes(sue)).toEqual(['owner']);
  // Whoever uses it does not stop at once.
  await traffic.send(25, 401, () => stack.evaluate(sue.apiKey));
});

test('"rotate": the key has a new secret, and whoever has the old one is shut out', async () => {
  expect(await subjects(rob)).toEqual([opened]);
  const { key } = await answerByMail(rob, 'rotate');
  expect(key).toMatchObject({ keyId: rob.keyId, version: 2 });
  expect([await status(key.apiKey), await status(rob.apiKey)]).toEqual([200, 401]);
  await delivery.settle();
  const mail = (await delivery.mails(rob.email)).at(-1);
  expect(mail?.body.text).toContain('You asked for a new API key');
});

test('"expected" lets a key go on that was suspended by policy, and its owner is mailed that it was said', async () => {
  expect(await subjects(dora)).toEqual([suspended]);
  expect([await status(dora.apiKey), await causes(dora)]).toEqual([401, ['anomaly']]);
  await answerByMail(dora, 'expected');
  expect([await status(dora.apiKey), await causes(dora)]).toEqual([200, []]);
  await delivery.settle();
  expect((await delivery.subjects(dora.email)).at(-1)).toBe(goesOn);
});

test('"expected" leaves the suspension by an admin as it is', async () => {
  expect(await subjects(frank)).toEqual([suspended]);
  await stack.manage('suspend-key', { keyId: frank.keyId, requestedBy, reason: 'by hand' });
  await answerByMail(frank, 'expected');
  expect([await status(frank.apiKey), await causes(frank)]).toEqual([401, ['admin']]);
  await stack.manage('resume-key', { keyId: frank.keyId, requestedBy });
  expect(await status(frank.apiKey)).toBe(200);
  await delivery.settle();
  expect(await delivery.subjects(frank.email)).not.toContain(goesOn);
});

test('what its owner wants no mail about is told on the dashboard alone', async () => {
  expect(await subjects(carol)).toEqual([]);
  const person = await signedIn(carol);
  expect((await person.call('GET', '/account/alerts')).body.alerts).toMatchObject([
    { kind: 'quota-threshold', severity: 'info', answers: ['expected'] },
  ]);
});

test('"expected" mutes the pattern until it has ended: while it goes on, nothing is told, and no key suspended again', async () => {
  await answerByMail(eve, 'expected');
  await use(eve, 70);
  await use(dora, 70);
  await use(carol, 30);
  await traffic.pass();
  for (const [who, mails] of [
    [eve, [opened]],
    [dora, [suspended]],
  ] as const) {
    expect(await traffic.of(who.subscriptionId)).toMatchObject([{ closedBecause: 'expected' }]);
    expect(await incidentsOf(who)).toEqual(['surge/']);
    expect(await subjects(who)).toEqual(mails);
    expect([await status(who.apiKey), await causes(who)]).toEqual([200, []]);
  }
  // Of an incident that was stopped nobody hears any more either, nor that a suspended key is refused.
  for (const [who, closedBecause] of [
    [sue, 'suspend'],
    [rob, 'rotate'],
  ] as const) {
    expect(await traffic.of(who.subscriptionId)).toMatchObject([{ kind: 'surge', closedBecause }]);
    expect(await subjects(who)).toEqual([opened]);
  }
  // Of what is severe enough, she is mailed.
  expect(await subjects(carol)).toEqual([
    "Your AI Decision Engine subscription: 80 % of the month's requests are used",
  ]);
});

test('after its end, which is not told, what begins anew is told anew', async () => {
  await use(eve, 14);
  await traffic.pass(3);
  expect(await incidentsOf(eve)).toEqual([]);
  expect(await subjects(eve)).toEqual([opened]);
  await use(eve, 70);
  await traffic.pass();
  expect(await traffic.of(eve.subscriptionId)).toMatchObject([
    { kind: 'surge', status: 'open' },
    { kind: 'surge', closedBecause: 'expected' },
  ]);
  expect(await subjects(eve)).toEqual([opened, opened]);
});

test('what its owner has suspended goes on when its owner says so', async () => {
  expect(await status(sue.apiKey)).toBe(401);
  const person = await signedIn(sue);
  await person.call('PUT', `/account/keys/${sue.keyId}/suspension`, { suspended: false });
  expect(await status(sue.apiKey)).toBe(200);
  expect(await subjects(sue)).toEqual([opened]);
});

/** Of the key, told or not. */
async function incidentsOf({ keyId }: Owner): Promise<string[]> {
  const { Item } = await stack.dynamodb.send(
    new GetCommand({
      TableName: stack.tables['Activity'],
      Key: { subject: keySubject(keyId) },
      ConsistentRead: true,
    }),
  );
  return Object.keys(Item?.['incidents'] ?? {});
}
