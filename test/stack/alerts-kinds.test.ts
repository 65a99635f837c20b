import { rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { paginateGetApiKeys, UpdateApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiSubject, keySubject, subscriptionSubject } from '../../functions/alerts/rules/activity-item.ts';
import type { AlertView } from '../../functions/alerts/rules/alert-view.ts';
import { formatKey, generateSecret } from '../../functions/keys/rules/key-format.ts';
import { synthesize } from '../../local/template/synthesize.ts';
import {
  noonBeforeMonthEnd,
  ownNetwork,
  spokenDate,
  spokenHour,
  spokenTime,
  type TestTraffic,
  tiersForTraffic,
  trafficOn,
} from './alerts-support.ts';
import { changedAssembly } from './changed-assembly.ts';
import { addressOf, deliveryOf, type TestDelivery } from './delivery-support.ts';
import { day, type GeneratedKey, hour, requestedBy } from './management-support.ts';
import { apiGatewayClient } from './request-path-support.ts';
import { startTestStack, type TestStack, temporaryFolder } from './test-stack.ts';

/**
 * Each kind of alert, caused by requests over HTTP: they are metered and logged, the logs are handed over, the hourly look
 * finds what is unusual, and its owner is mailed. Only the weeks before are put there.
 */

let stack: TestStack;
let delivery: TestDelivery;
let traffic: TestTraffic;
let monthEnd: number;
const folders: string[] = [];

beforeAll(async () => {
  const outdir = await temporaryFolder();
  folders.push(outdir);
  await synthesize({ stage: 'dev', overrides: tiersForTraffic, outdir });
  const assembly = await changedAssembly(outdir, (resources) => {
    // As API Gateway answers where nobody says otherwise: the product's own answer to this is a 503.
    const own = resources.find(({ Properties }) => Properties['ResponseType'] === 'INVALID_API_KEY');
    Object.assign(own?.Properties ?? {}, { StatusCode: '403' });
  });
  folders.push(assembly);
  // So long before a month's end that something can be foretold of it.
  const startsAt = noonBeforeMonthEnd(5);
  monthEnd = Math.floor(startsAt / day) * day + 6 * day;
  stack = await startTestStack({ assembly, startsAt });
  delivery = deliveryOf(stack);
  traffic = trafficOn(stack);
  await traffic.withHistory(apiSubject, { usual: 0 });
});
afterAll(async () => {
  await delivery.endsWell(apiKeys);
  await stack.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const apiKeys: string[] = [];

interface Owner extends GeneratedKey {
  readonly email: string;
}

/** Somebody with a key. */
async function newOwner(tier = 'enterprise', email = addressOf('ada')): Promise<Owner> {
  const key = await delivery.generate({ email, tier, name: 'Production', deliver: false });
  apiKeys.push(key.apiKey);
  return { ...key, email };
}

/** The same with weeks in which that one key had so many requests an hour. */
async function ownerOf(
  usual: number,
  about: { tier?: string; endedDaysAgo?: number; networks?: string[] } = {},
): Promise<Owner> {
  const { tier, ...history } = about;
  const owner = await newOwner(tier);
  const { keyId, subscriptionId } = owner;
  for (const subject of [keySubject(keyId), subscriptionSubject(subscriptionId)]) {
    await traffic.withHistory(subject, { usual, subscriptionId, ...history });
  }
  return owner;
}

const use = ({ apiKey }: Owner, times: number) => traffic.send(times, 200, () => stack.evaluate(apiKey));

/** The one alert that there is of a subscription, whatever became of it. */
async function onlyAlertOf({ subscriptionId }: Pick<Owner, 'subscriptionId'>): Promise<AlertView> {
  const [alert, ...others] = await traffic.of(subscriptionId);
  expect(others).toEqual([]);
  if (alert === undefined) throw new Error(`no alert of ${subscriptionId}`);
  return alert;
}

/** It is open, its owner was mailed with its words, and another run in the same hour changes nothing. */
async function expectTold(owner: Owner, alert: AlertView, subject: string): Promise<void> {
  expect(alert.status).toBe('open');
  const mail = (await traffic.mailsTo(owner.email)).at(-1);
  expect(mail?.subject).toBe(subject);
  expect(mail?.body.text).toContain(alert.explanation);
  await traffic.expectNothingNew();
}

/** What its owner was mailed of it so far. */
const subjectsTo = async ({ email }: Owner) => (await traffic.mailsTo(email)).map(({ subject }) => subject);

const ofKey = (words: string) => `Your AI Decision Engine API key: ${words}`;
const ofSubscription = (words: string) => `Your AI Decision Engine subscription: ${words}`;

test('quota-forecast: requests that will not last until the month ends, as long as the tier is what it is', async () => {
  const ada = await ownerOf(4, { tier: 'free' });
  await use(ada, 3);
  const used = await traffic.used(ada.subscriptionId);
  const at = stack.clock.now();
  await traffic.pass();
  const alert = await onlyAlertOf(ada);
  expect(alert).toMatchObject({ kind: 'quota-forecast', severity: 'warning', of: '' });
  expect(alert).not.toHaveProperty('keyId');
  expect(alert.explanation).toMatch(
    new RegExp(
      `^At about \\d+ requests a day, this month's 100 requests will be used up about ${spokenDate(at + day)}, 4 days before the month ends; ${used} are used so far\\.$`,
    ),
  );
  await expectTold(ada, alert, ofSubscription("the month's requests will not last"));

  await stack.manage('change-tier', { subscriptionId: ada.subscriptionId, tier: 'enterprise', requestedBy });
  await traffic.pass();
  expect(await onlyAlertOf(ada)).toMatchObject({ status: 'closed', closedBecause: 'over' });
});

test('surge: many more requests than usual, until three hours are as usual; both are mailed', async () => {
  const ada = await ownerOf(14);
  const at = stack.clock.now();
  await use(ada, 70);
  const came = await traffic.used(ada.subscriptionId);
  await traffic.pass();
  const alert = await onlyAlertOf(ada);
  expect(alert).toMatchObject({ kind: 'surge', severity: 'warning', of: '', keyId: ada.keyId });
  expect(alert.explanation).toMatch(
    new RegExp(`^${came} requests ${spokenHour(at)}; usual for this hour: \\d+–\\d+\\.$`),
  );
  await expectTold(ada, alert, ofKey('many more requests than usual'));

  await use(ada, 14);
  await traffic.pass(3);
  expect(await onlyAlertOf(ada)).toMatchObject({ status: 'closed', closedBecause: 'over' });
  expect(await subjectsTo(ada)).toEqual([
    ofKey('many more requests than usual'),
    ofKey('no longer more requests than usual'),
  ]);
});

test('surge of a subscription: what its keys bring together, where none of them shows it', async () => {
  const ada = await newOwner();
  const { email, subscriptionId } = ada;
  const second = await newOwner('enterprise', email);
  for (const { keyId } of [ada, second]) {
    await traffic.withHistory(keySubject(keyId), { usual: 3, subscriptionId });
  }
  await traffic.withHistory(subscriptionSubject(subscriptionId), { usual: 6, subscriptionId });
  const at = stack.clock.now();
  for (const key of [ada, second]) await use(key, 45);
  const came = await traffic.used(subscriptionId);
  await traffic.pass();
  const alert = await onlyAlertOf(ada);
  expect(alert).toMatchObject({ kind: 'surge', severity: 'critical', of: '' });
  expect(alert).not.toHaveProperty('keyId');
  expect(alert.explanation).toMatch(
    new RegExp(`^${came} requests ${spokenHour(at)}; usual for this hour: \\d+–\\d+\\.$`),
  );
  await expectTold(ada, alert, ofSubscription('many more requests than usual'));

  for (const key of [ada, second]) await use(key, 3);
  await traffic.pass(3);
  expect(await onlyAlertOf(ada)).toMatchObject({ status: 'closed', closedBecause: 'over' });
  expect(await subjectsTo(ada)).toHaveLength(1);
});

test('silence: a steady key of which nothing comes any more, until a request comes; both are mailed', async () => {
  const ada = await ownerOf(14);
  await use(ada, 14);
  await traffic.pass();
  expect(await traffic.of(ada.subscriptionId)).toEqual([]);
  const since = stack.clock.now();
  await traffic.pass(3);
  const alert = await onlyAlertOf(ada);
  expect(alert).toMatchObject({ kind: 'silence', severity: 'warning', of: '', keyId: ada.keyId });
  expect(alert.explanation).toMatch(
    new RegExp(`^No requests since ${spokenTime(since)}, for 3 hours; usual in this time: about \\d+\\.$`),
  );
  await expectTold(ada, alert, ofKey('no requests any more'));

  await use(ada, 1);
  await traffic.pass();
  expect(await onlyAlertOf(ada)).toMatchObject({ status: 'closed', closedBecause: 'over' });
  expect(await subjectsTo(ada)).toEqual([ofKey('no requests any more'), ofKey('requests come again')]);
});

describe('refusals', () => {
  let at: number;
  let guessed: Owner;
  let denied: Owner;
  let hasty: Owner;
  let tooMany: number;

  const words = (count: number, status: number, why: string) =>
    `${count} requests were refused with ${status} (${why}) ${spokenHour(at)}; usually there are none.`;

  beforeAll(async () => {
    guessed = await ownerOf(1);
    denied = await ownerOf(1);
    hasty = await ownerOf(1, { tier: 'pro' });
    at = stack.clock.now();

    const { prefix, keyId } = guessed;
    await traffic.send(25, 401, () => stack.evaluate(formatKey({ prefix, keyId, secret: generateSecret() })));
    await traffic.send(22, 401, () => stack.evaluate(undefined));

    await disableUsageKey(denied);
    await traffic.send(25, 403, () => stack.evaluate(denied.apiKey));

    for (tooMany = 0; tooMany < 25; ) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => stack.evaluate(hasty.apiKey)));
      tooMany += answers.filter(({ status }) => status === 429).length;
    }
    await traffic.pass();
  });

  test('with 401, of a key: a secret that was never its own', async () => {
    const alert = await onlyAlertOf(guessed);
    expect(alert).toMatchObject({ kind: 'refusals', severity: 'warning', of: '401', keyId: guessed.keyId });
    expect(alert.explanation).toBe(words(25, 401, 'the key was not accepted'));
    await expectTold(guessed, alert, ofKey('many requests with a wrong or old secret'));
  });

  test('with 401, of all that name no key of ours: for admins alone', async () => {
    const alert = await onlyAlertOf({ subscriptionId: 'platform' });
    expect(alert).toMatchObject({ kind: 'refusals', severity: 'warning', of: '401', status: 'open' });
    expect(alert).not.toHaveProperty('keyId');
    // Which key a refused request named, the access log does not tell: those with a wrong secret are among them.
    expect(alert.explanation).toBe(words(47, 401, 'the key was not accepted'));
    expect(await delivery.alerts(alert.alertId)).toHaveLength(1);
    const mails = await delivery.store();
    expect(mails.filter(({ body }) => body.text?.includes(alert.explanation))).toEqual([]);
  });

  test('with 403: an accepted key of which API Gateway knows no usage key', async () => {
    const alert = await onlyAlertOf(denied);
    expect(alert).toMatchObject({ kind: 'refusals', severity: 'warning', of: '403', keyId: denied.keyId });
    expect(alert.explanation).toBe(words(25, 403, 'not allowed'));
    await expectTold(denied, alert, ofKey('many requests that were not permitted'));
  });

  test('with 429: more at once than the tier allows', async () => {
    const alert = await onlyAlertOf(hasty);
    expect(alert).toMatchObject({ kind: 'refusals', severity: 'warning', of: '429', keyId: hasty.keyId });
    expect(alert.explanation).toBe(words(tooMany, 429, 'too many requests'));
    await expectTold(hasty, alert, ofKey('many requests over the limit'));
  });

  test('are over after two hours without; the owner is told, and of the platform nobody', async () => {
    await traffic.pass(2);
    for (const owner of [guessed, denied, hasty, { subscriptionId: 'platform' }]) {
      expect(await onlyAlertOf(owner)).toMatchObject({ status: 'closed', closedBecause: 'over' });
    }
    for (const owner of [guessed, denied, hasty]) {
      expect((await subjectsTo(owner)).slice(1)).toEqual([ofKey('no longer many refused requests')]);
    }
  });
});

test('woke-up: the first request after weeks, for a day', async () => {
  const ada = await ownerOf(14, { endedDaysAgo: 40 });
  const at = stack.clock.now();
  await use(ada, 2);
  await traffic.pass();
  const alert = await onlyAlertOf(ada);
  expect(alert).toMatchObject({ kind: 'woke-up', severity: 'warning', of: '', keyId: ada.keyId });
  expect(alert.explanation).toMatch(
    new RegExp(
      `^Requests since ${spokenTime(at)}, the first after 40 days; the last one before was on ${spokenDate(at - 40 * day)}( \\d{4})?\\.$`,
    ),
  );
  await expectTold(ada, alert, ofKey('in use again after a long time'));

  await traffic.pass(24);
  expect(await onlyAlertOf(ada)).toMatchObject({ status: 'closed', closedBecause: 'over' });
  expect(await subjectsTo(ada)).toHaveLength(1);
});

/** Linux has many addresses on its loopback interface; where there is but one, the key is at home in another network. */
const [home, away, awayNetwork] =
  process.platform === 'linux'
    ? [ownNetwork, '127.1.2.3', '127.1.2.0/24']
    : ['198.51.100.0/24', '127.0.0.1', ownNetwork];

test('new-network: a key that is used from elsewhere, for a day; then it is at home there, too', async () => {
  const ada = await ownerOf(2, { networks: [home] });
  const at = stack.clock.now();
  const elsewhere = () => evaluateFrom(away, ada.apiKey);
  await traffic.send(2, 200, elsewhere);
  await traffic.pass();
  const alert = await onlyAlertOf(ada);
  expect(alert).toMatchObject({
    kind: 'new-network',
    severity: 'warning',
    of: awayNetwork,
    keyId: ada.keyId,
  });
  expect(alert.explanation).toBe(
    `Requests came from a network that this key was not used from before: ${awayNetwork}, first ${spokenHour(at)}. Known since ${spokenDate(at - 21 * day)}: ${home}.`,
  );
  await expectTold(ada, alert, ofKey('requests from a new network'));
  // What is on record stays for ever: no network is.
  const { entries } = await stack.manage<{ entries: object[] }>('query-audit', { alertId: alert.alertId });
  expect(entries).toMatchObject([{ action: 'open-alert', state: { kind: 'new-network' } }]);
  expect(JSON.stringify(entries)).not.toContain(awayNetwork.split('/')[0]);

  await traffic.send(2, 200, elsewhere);
  await traffic.pass(24);
  expect(await onlyAlertOf(ada)).toMatchObject({ status: 'closed', closedBecause: 'over' });
  await traffic.send(2, 200, elsewhere);
  await traffic.pass();
  expect((await onlyAlertOf(ada)).alertId).toBe(alert.alertId);
  expect(await subjectsTo(ada)).toHaveLength(1);
});

// The last one, for with the month ends all that is told of it.
test('quota-threshold: half, four fifths and all of the month; one is open, the highest, until the month ends', async () => {
  const ada = await newOwner('free');
  const reached: string[] = [];
  for (const [more, percent, severity, words] of [
    [50, 50, 'info', "50 % of the month's requests are used"],
    [30, 80, 'warning', "80 % of the month's requests are used"],
    [20, 100, 'critical', "the month's requests are used up"],
  ] as const) {
    await use(ada, more);
    const used = await traffic.used(ada.subscriptionId);
    await traffic.pass();
    const [alert, ...former] = await traffic.of(ada.subscriptionId);
    if (alert === undefined) throw new Error(`${percent} % were not told`);
    const of = `${new Date(monthEnd - 1).toISOString().slice(0, 7)}/${percent}`;
    expect(alert).toMatchObject({ kind: 'quota-threshold', severity, of });
    expect(alert).not.toHaveProperty('keyId');
    const ends = `The month ends at ${spokenTime(monthEnd)}`;
    expect(alert.explanation).toBe(
      percent === 100
        ? `All of this month's 100 requests are used. ${ends}; requests are refused until then.`
        : `${used} of this month's 100 requests are used: ${used} %. ${ends}.`,
    );
    expect(former.map(({ alertId, closedBecause }) => `${alertId} ${closedBecause}`)).toEqual(reached);
    reached.unshift(`${alert.alertId} over`);
    await expectTold(ada, alert, ofSubscription(words));
  }
  expect((await stack.evaluate(ada.apiKey)).status).toBe(429);

  await traffic.pass(Math.ceil((monthEnd - stack.clock.now()) / hour));
  const alerts = await traffic.of(ada.subscriptionId);
  expect(alerts.map(({ alertId, closedBecause }) => `${alertId} ${closedBecause}`)).toEqual(reached);
  expect((await stack.evaluate(ada.apiKey)).status).toBe(200);
});

/** In API Gateway's console, as it were. */
async function disableUsageKey({ subscriptionId }: Owner): Promise<void> {
  const client = apiGatewayClient(stack);
  for await (const { items = [] } of paginateGetApiKeys({ client }, {})) {
    for (const { id } of items.filter(({ name }) => name?.includes(subscriptionId))) {
      const value = 'false';
      await client.send(
        new UpdateApiKeyCommand({
          apiKey: id,
          patchOperations: [{ op: 'replace', path: '/enabled', value }],
        }),
      );
    }
  }
  client.destroy();
}

/** A request from another address of the loopback interface. */
function evaluateFrom(localAddress: string, apiKey: string): Promise<{ status: number }> {
  const headers = { 'Content-Type': 'application/json', 'X-API-Key': apiKey };
  return new Promise((resolve, reject) => {
    httpRequest(`${stack.apiUrl}/decisions/evaluate`, { method: 'POST', localAddress, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0 }));
    })
      .once('error', reject)
      .end(JSON.stringify({ category: 'FINANCIAL', amount: 1000 }));
  });
}
