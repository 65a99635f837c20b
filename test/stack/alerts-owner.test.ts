import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AlertItem } from '../../functions/alerts/rules/index.ts';
import { newSubscriber, type Subscriber, subscriber } from './account-support.ts';
import { alertItem, holdFor, openAlert, suspendFor } from './alerts-support.ts';
import { recordOf } from './audit-support.ts';
import { deliveryOf } from './delivery-support.ts';
import { writeNext } from './fleet-support.ts';
import { advance, contentsOf, itemsOf, keyItem, minute, subscriptionItem } from './management-support.ts';
import { refresh } from './sign-in.ts';
import { type HttpAnswer, startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let ada: Subscriber;
let accountId: string;
let others: string;
let key: { keyId: string; apiKey: string };

beforeAll(async () => {
  stack = await startTestStack();
  ada = await newSubscriber(stack, 'ada@example.com');
  accountId = (await ada.call('GET', '/account')).body.subscriptionId;
  const eve = await newSubscriber(stack, 'eve@example.com');
  others = (await eve.call('GET', '/account')).body.subscriptionId;
});
afterAll(() => stack.close());

beforeEach(async () => {
  for (const { keyId, status } of (await ada.call('GET', '/account/keys')).body.keys) {
    if (status !== 'revoked') expect((await ada.call('DELETE', `/account/keys/${keyId}`)).status).toBe(200);
  }
  // Within the day's 20 keys, and through the door that owners have not.
  const { email } = await subscriptionItem(stack, accountId);
  const request = { email, tier: 'free', name: 'Production', requestedBy: 'an admin' };
  key = await stack.manage('generate-key', request);
});

const aboutKey = (about: Partial<AlertItem> = {}) =>
  openAlert(stack, { subscriptionId: accountId, keyId: key.keyId, ...about });
const answer = (
  { alertId }: Pick<AlertItem, 'alertId'>,
  given: string,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> => ada.call('POST', `/account/alerts/${alertId}/answer`, { answer: given }, headers);
const suspension = (suspended: unknown) =>
  ada.call('PUT', `/account/keys/${key.keyId}/suspension`, { suspended });
const status = async (apiKey: string) => (await stack.evaluate(apiKey)).status;
/** The key is suspended for alerts, as by policy. */
const hold = (...alerts: readonly AlertItem[]) => holdFor(stack, key.keyId, ...alerts);
const causes = async () => Object.keys((await keyItem(stack, key.keyId)).suspensions).toSorted();
const own = { kind: 'owner' };

describe('GET /account/alerts', () => {
  test('tells the open ones, or all, newest first and page by page, each once; and those of nobody else', async () => {
    await openAlert(stack, { subscriptionId: others });
    await openAlert(stack, { subscriptionId: 'platform', kind: 'refusals', of: '401' });
    const first = await aboutKey();
    const second = await aboutKey();
    const third = await aboutKey();
    await answer(second, 'expected');
    const open = (await ada.call('GET', '/account/alerts')).body.alerts;
    expect(open.map(({ alertId }: AlertItem) => alertId).slice(0, 2)).toEqual([third.alertId, first.alertId]);
    const paged: AlertItem[] = [];
    let cursor = '';
    do {
      const { body } = await ada.call('GET', `/account/alerts?status=all&limit=1${cursor}`);
      expect(body.alerts.length).toBeLessThanOrEqual(1);
      paged.push(...body.alerts);
      cursor = body.cursor === undefined ? '' : `&cursor=${body.cursor}`;
    } while (cursor !== '');
    const all = (await ada.call('GET', '/account/alerts?status=all&limit=100')).body.alerts;
    expect(paged).toEqual(all);
    const ids = all.map(({ alertId }: AlertItem) => alertId);
    expect(ids.slice(0, 3)).toEqual([third.alertId, second.alertId, first.alertId]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id: string) => id > 'alert_00000000000000000000000002')).toBe(true);
  });

  test('finds what is open behind any number of alerts that are over, with full pages', async () => {
    const lin = await newSubscriber(stack, 'lin-of-many@example.com');
    const { subscriptionId } = (await lin.call('GET', '/account')).body;
    const open: string[] = [];
    for (let n = 0; n < 40; n++) {
      const isOpen = n % 13 === 0;
      const closed = { status: 'closed', closedBecause: 'over' } as const;
      const { alertId } = await openAlert(stack, { subscriptionId, ...(isOpen ? {} : closed) });
      if (isOpen) open.unshift(alertId);
    }
    const first = (await lin.call('GET', '/account/alerts?limit=3')).body;
    expect(first.alerts.map(({ alertId }: AlertItem) => alertId)).toEqual(open.slice(0, 3));
    const rest = (await lin.call('GET', `/account/alerts?limit=3&cursor=${first.cursor}`)).body;
    expect(rest.alerts.map(({ alertId }: AlertItem) => alertId)).toEqual(open.slice(3));
    expect(rest.cursor).toBeUndefined();
    const told = await stack.manage<{ alerts: AlertItem[] }>('list-alerts', { subscriptionId, limit: 100 });
    expect(told.alerts.map(({ alertId }) => alertId)).toEqual(open);
  });

  test('tells what is for the owner: that support has seen it, and neither who nor what they noted', async () => {
    const acknowledged = { at: '2026-11-27T10:00:00.000Z', by: 'grace', note: 'looks like a script' };
    const suspended = { at: '2026-11-27T10:01:00.000Z' };
    const alert = await aboutKey({ acknowledged, suspended });
    const { alertId, explanation } = alert;
    await hold(alert);
    const { text, body } = await ada.call('GET', '/account/alerts?limit=1');
    expect(body.alerts).toEqual([
      {
        alertId,
        keyId: key.keyId,
        keyName: 'Production',
        kind: 'surge',
        of: '',
        severity: 'warning',
        status: 'open',
        explanation,
        openedAt: expect.any(String),
        updatedAt: expect.any(String),
        acknowledged: { at: acknowledged.at },
        suspended,
        suspendedKey: true,
        answers: ['suspend', 'rotate', 'expected'],
      },
    ]);
    for (const inner of ['grace', 'script', 'facts', 'requestId', 'openShard', 'revision']) {
      expect([inner, text.includes(inner)]).toEqual([inner, false]);
    }
  });

  test('offers the answers that make a difference: none of a key where it is about the month, or the key is over', async () => {
    const month = await openAlert(stack, {
      subscriptionId: accountId,
      kind: 'quota-threshold',
      of: '2026-11/80',
    });
    const ofKey = await aboutKey();
    const offered = async (alertId: string) => {
      const { alerts } = (await ada.call('GET', '/account/alerts?status=all&limit=100')).body;
      return alerts.find((each: AlertItem) => each.alertId === alertId).answers;
    };
    expect(await offered(month.alertId)).toEqual(['expected']);
    expect(await offered(ofKey.alertId)).toEqual(['suspend', 'rotate', 'expected']);
    await suspendFor(stack, key.keyId, 'payment');
    expect(await offered(ofKey.alertId)).toEqual(['suspend', 'expected']);
    await answer(ofKey, 'suspend');
    expect(await offered(ofKey.alertId)).toEqual([]);
    // Another alert’s is no matter of this one.
    const other = await aboutKey();
    await hold(other);
    expect(await offered(ofKey.alertId)).toEqual([]);
    expect(await offered(other.alertId)).toEqual(['expected']);
    await ada.call('DELETE', `/account/keys/${key.keyId}`);
    expect(await offered(ofKey.alertId)).toEqual([]);
  });

  test('an alert that holds its key offers what lets it go on, however long it is over; one that does not, for a week', async () => {
    const at = (days: number) => new Date(stack.clock.now() - days * 24 * 60 * minute).toISOString();
    const closed = (days: number) =>
      aboutKey({ status: 'closed', closedBecause: 'over', closedAt: at(days), openedAt: at(days + 1) });
    const old = await closed(30);
    const late = await closed(8);
    const recent = await closed(6);
    await hold(old);
    const { alerts } = (await ada.call('GET', '/account/alerts?status=all&limit=3')).body;
    expect(alerts).toMatchObject([
      { alertId: recent.alertId, answers: ['suspend', 'rotate'] },
      { alertId: late.alertId, answers: [] },
      { alertId: old.alertId, answers: ['rotate', 'expected'] },
    ]);
    const { body } = await ada.call('GET', `/account/keys/${key.keyId}`);
    expect(body.suspensions.anomaly).toEqual({ at: expect.any(String), alertIds: [old.alertId] });
  });

  test('refuses what it does not know, by its path', async () => {
    for (const [query, path] of [
      ['status=closed', 'query.status'],
      ['limit=101', 'query.limit'],
      ['cursor=x', 'query.cursor'],
      ['colour=red', 'query.colour'],
    ]) {
      const { status: given, body } = await ada.call('GET', `/account/alerts?${query}`);
      expect([query, given, body.errors[0].path]).toEqual([query, 400, path]);
    }
  });
});

describe('GET /account/alerts/{alertId}', () => {
  test('tells one as the list does, whether it lasts or is over', async () => {
    const ofKey = await aboutKey();
    const ofAccount = await openAlert(stack, { subscriptionId: accountId, kind: 'quota-forecast' });
    await answer(ofAccount, 'expected');
    const { alerts } = (await ada.call('GET', '/account/alerts?status=all&limit=2')).body;
    const asked = [ofAccount, ofKey].map(({ alertId }) => ada.call('GET', `/account/alerts/${alertId}`));
    expect((await Promise.all(asked)).map(({ status, body }) => [status, body])).toEqual(
      alerts.map((alert: object) => [200, alert]),
    );
  });

  test('knows none of another account, of the platform, or that is not there, all alike', async () => {
    const other = await openAlert(stack, { subscriptionId: others });
    const ofPlatform = await openAlert(stack, { subscriptionId: 'platform', kind: 'refusals', of: '401' });
    for (const alertId of [other.alertId, ofPlatform.alertId, `alert_${'Z'.repeat(26)}`]) {
      const { status, body } = await ada.call('GET', `/account/alerts/${alertId}`);
      expect([status, body.detail]).toEqual([404, expect.stringContaining(alertId)]);
    }
    const { status, body } = await ada.call('GET', '/account/alerts/1');
    expect([status, body.errors[0].path]).toEqual([400, 'path.alertId']);
  });
});

describe('suspend', () => {
  test('stops the key with the next request and closes the alert, in one act; again it changes nothing', async () => {
    const alert = await aboutKey();
    const { body } = await answer(alert, 'suspend');
    expect(body).toEqual({ alert: expect.objectContaining({ status: 'closed', closedBecause: 'suspend' }) });
    expect(body.alert.answer).toEqual({ answer: 'suspend', at: expect.any(String) });
    expect(await status(key.apiKey)).toBe(401);
    const item = await keyItem(stack, key.keyId);
    expect(item.suspensions.owner?.reason).toContain(alert.alertId);
    expect(item.change).toMatchObject({ action: 'suspend-key', actor: own });
    expect(await alertItem(stack, alert.alertId)).toMatchObject({
      revision: 2,
      change: { action: 'answer-alert', actor: own },
    });
    const before = await contentsOf(stack);
    expect((await answer(alert, 'suspend')).body).toEqual(body);
    expect(await contentsOf(stack)).toEqual(before);
    expect((await suspension(false)).body).toEqual({ keyId: key.keyId, status: 'active', suspensions: {} });
    expect(await status(key.apiKey)).toBe(200);
  });

  test('of a key that the alert holds puts the owner’s own suspension in its place, without a gap', async () => {
    const alert = await aboutKey();
    const other = await aboutKey();
    await hold(alert, other);
    await answer(alert, 'suspend');
    expect((await keyItem(stack, key.keyId)).suspensions).toMatchObject({
      owner: { by: accountId },
      anomaly: { alertIds: [other.alertId] },
    });
    await answer(other, 'suspend');
    expect(await causes()).toEqual(['owner']);
  });
});

describe('rotate', () => {
  test('shows a new secret that works where the key was suspended as unusual, and the old one does not', async () => {
    const alert = await aboutKey();
    // Whichever alerts suspended it: whoever had the old secret is shut out.
    await hold(await aboutKey(), await aboutKey());
    const { body } = await answer(alert, 'rotate');
    expect(body.alert).toMatchObject({ status: 'closed', closedBecause: 'rotate', suspendedKey: false });
    expect(body.key).toMatchObject({ keyId: key.keyId, version: 2 });
    expect([await status(body.key.apiKey), await status(key.apiKey)]).toEqual([200, 401]);
    // Mailed, as the rotate route does.
    await deliveryOf(stack).settle();
    const mail = await deliveryOf(stack).lastMail(ada.email, /API key/);
    expect(mail.body.text).toContain('You asked for a new API key');
    expect(JSON.stringify(mail)).not.toContain(body.key.apiKey.slice(18));
  });

  test('gives one secret for an alert: to ten at once and to a repetition the same, later and otherwise none', async () => {
    const alert = await aboutKey();
    const answers = await Promise.all(Array.from({ length: 10 }, () => answer(alert, 'rotate')));
    expect(answers.map((each) => each.status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ body }) => body.key.apiKey)).size).toBe(1);
    const { apiKey } = answers[0]?.body.key ?? {};
    const refused = await answer(alert, 'rotate', { 'Idempotency-Key': randomUUID() });
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('new secret at')]);
    await advance(stack, 11 * minute);
    ada = subscriber(stack, ada.email, await refresh(stack, ada.tokens));
    expect((await answer(alert, 'rotate')).status).toBe(409);
    expect(await status(apiKey)).toBe(200);
    expect((await keyItem(stack, key.keyId)).secrets.map(({ version }) => version)).toEqual([2]);
  });

  test('is not offered again, nor given, once something else was answered in between', async () => {
    const alert = await aboutKey();
    const { body } = await answer(alert, 'rotate');
    const between = (await answer(alert, 'expected')).body.alert;
    expect(between).toMatchObject({ answers: ['suspend'], rotatedAt: body.alert.rotatedAt });
    const again = await answer(alert, 'rotate', { 'Idempotency-Key': randomUUID() });
    expect([again.status, again.body.detail]).toEqual([409, expect.stringContaining('new secret at')]);
    expect(await status(body.key.apiKey)).toBe(200);
  });

  test('by two with keys of their own at once gives a secret to one, and that one works', async () => {
    const alert = await aboutKey();
    const answers = await Promise.all(
      [1, 2, 3].map(() => answer(alert, 'rotate', { 'Idempotency-Key': randomUUID() })),
    );
    expect(answers.map((each) => each.status).toSorted()).toEqual([200, 409, 409]);
    const given = answers.find((each) => each.status === 200)?.body.key;
    expect(await status(given.apiKey)).toBe(200);
  });

  test('an Idempotency-Key of another request is refused, and the alert stays open', async () => {
    const alert = await aboutKey();
    const headers = { 'Idempotency-Key': randomUUID() };
    await ada.call('POST', `/account/keys/${key.keyId}/rotate`, {}, headers);
    const { status: given, body } = await answer(alert, 'rotate', headers);
    expect([given, body.detail]).toEqual([409, expect.stringContaining('another request')]);
    expect(await alertItem(stack, alert.alertId)).toEqual(alert);
  });

  test.each(['admin', 'payment'] as const)(
    'is refused where the key is suspended for %s as well, and nothing is done',
    async (cause) => {
      const alert = await aboutKey();
      await suspendFor(stack, key.keyId, 'anomaly', cause);
      const before = await contentsOf(stack);
      const { status: given, body } = await answer(alert, 'rotate');
      expect([given, body.detail]).toEqual([409, expect.stringContaining(`suspended (${cause})`)]);
      expect(await contentsOf(stack)).toEqual(before);
      if (cause === 'admin') await stack.manage('resume-key', { keyId: key.keyId, requestedBy: 'an admin' });
    },
  );

  test('of a key that its owner has suspended gives a secret that works once they let it go on', async () => {
    const alert = await aboutKey();
    await hold(alert);
    await answer(alert, 'suspend');
    const { body } = await answer(alert, 'rotate');
    expect(body.alert).toMatchObject({ suspendedKey: false, answers: [] });
    expect(await causes()).toEqual(['owner']);
    expect(await status(body.key.apiKey)).toBe(401);
    await suspension(false);
    expect([await status(body.key.apiKey), await status(key.apiKey)]).toEqual([200, 401]);
  });

  test('a fifth time in an hour is refused, and the alert stays open', async () => {
    for (let n = 1; n <= 4; n++) await ada.call('POST', `/account/keys/${key.keyId}/rotate`);
    const alert = await aboutKey();
    const { status: given, body } = await answer(alert, 'rotate');
    expect([given, body.type]).toEqual([409, expect.stringMatching(/limit-reached$/)]);
    expect(await alertItem(stack, alert.alertId)).toEqual(alert);
  });
});

describe('expected', () => {
  test('lifts what was suspended as unusual and no other cause, and closes the alert', async () => {
    const alert = await aboutKey();
    await hold(alert);
    await suspendFor(stack, key.keyId, 'payment', 'owner');
    const { body } = await answer(alert, 'expected');
    expect(body).toEqual({
      alert: expect.objectContaining({ closedBecause: 'expected', suspendedKey: false }),
    });
    expect(await causes()).toEqual(['owner', 'payment']);
    const again = await aboutKey();
    await writeNext(stack, 'Keys', await keyItem(stack, key.keyId), { suspensions: {} });
    await hold(again);
    expect(await status(key.apiKey)).toBe(401);
    await answer(again, 'expected');
    expect(await status(key.apiKey)).toBe(200);
  });

  test('lifts what its own alert suspended: the key goes on once no other holds it', async () => {
    const [first, second, neither] = [await aboutKey(), await aboutKey(), await aboutKey()];
    await hold(first, second);
    const held = { closedBecause: 'expected', suspendedKey: true };
    expect((await answer(neither, 'expected')).body.alert).toMatchObject(held);
    expect((await answer(first, 'expected')).body.alert).toMatchObject(held);
    expect(await status(key.apiKey)).toBe(401);
    const { body } = await ada.call('GET', `/account/keys/${key.keyId}`);
    expect(body.suspensions.anomaly.alertIds).toEqual([second.alertId]);
    const before = await contentsOf(stack);
    for (const alert of [first, neither]) await answer(alert, 'expected');
    expect(await contentsOf(stack)).toEqual(before);
    expect((await answer(second, 'expected')).body.alert.suspendedKey).toBe(false);
    expect(await status(key.apiKey)).toBe(200);
  });

  test('of all alerts that hold a key at once lets it go on: none overlooks the others', async () => {
    const alerts = await Promise.all(Array.from({ length: 4 }, () => aboutKey()));
    await hold(...alerts);
    const answers = await Promise.all(alerts.map((alert) => answer(alert, 'expected')));
    expect(answers.map((each) => each.status)).toEqual([200, 200, 200, 200]);
    expect(await causes()).toEqual([]);
    expect(await status(key.apiKey)).toBe(200);
  });

  test('can be said of an alert of the month, of a revoked key, and of one that is over: it is noted', async () => {
    const month = await openAlert(stack, { subscriptionId: accountId, kind: 'quota-forecast' });
    expect((await answer(month, 'expected')).body.alert.status).toBe('closed');
    const alert = await aboutKey();
    await ada.call('DELETE', `/account/keys/${key.keyId}`);
    expect((await answer(alert, 'expected')).body.alert.closedBecause).toBe('expected');
    const over = await aboutKey({ status: 'closed', closedBecause: 'over', closedAt: alert.openedAt });
    expect((await answer(over, 'expected')).body.alert).toMatchObject({
      closedBecause: 'over',
      answer: { answer: 'expected' },
    });
  });
});

describe('an answer', () => {
  test('replaces an earlier one, and does what it says', async () => {
    const alert = await aboutKey();
    await answer(alert, 'expected');
    expect((await answer(alert, 'suspend')).body.alert).toMatchObject({
      closedBecause: 'expected',
      answer: { answer: 'suspend' },
    });
    expect(await status(key.apiKey)).toBe(401);
    // It lifts what was unusual alone: what the owner has suspended is lifted at the key.
    await answer(alert, 'expected');
    expect(await causes()).toEqual(['owner']);
  });

  test('of two that differ at once both are done, one after the other, whichever came first', async () => {
    const alert = await aboutKey();
    await hold(alert);
    const answers = await Promise.all([answer(alert, 'suspend'), answer(alert, 'expected')]);
    expect(answers.map((each) => each.status)).toEqual([200, 200]);
    expect(await causes()).toEqual(['owner']);
    expect(await alertItem(stack, alert.alertId)).toMatchObject({ status: 'closed', revision: 3 });
  });

  test('about no key, or one that is over, cannot suspend or rotate, and nothing is done', async () => {
    const month = await openAlert(stack, {
      subscriptionId: accountId,
      kind: 'quota-threshold',
      keyId: key.keyId,
    });
    const whole = await openAlert(stack, { subscriptionId: accountId });
    const ended = await aboutKey();
    await ada.call('DELETE', `/account/keys/${key.keyId}`);
    const before = await contentsOf(stack);
    for (const alert of [month, whole, ended]) {
      for (const given of ['suspend', 'rotate']) expect((await answer(alert, given)).status).toBe(409);
    }
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('to another’s alert, or to one of the platform, is answered as if there were none', async () => {
    const theirs = await openAlert(stack, { subscriptionId: others });
    const platform = await openAlert(stack, { subscriptionId: 'platform' });
    const none = { alertId: `alert_${'Z'.repeat(26)}` };
    const before = await contentsOf(stack);
    for (const given of ['suspend', 'rotate', 'expected']) {
      const told = await Promise.all(
        [theirs, platform, none].map(async (alert) => {
          const { status: code, text, body } = await answer(alert, given);
          return [code, text.replaceAll(alert.alertId, '').replaceAll(body.requestId, '')];
        }),
      );
      expect(told[0]?.[0]).toBe(404);
      expect(told).toEqual([told[2], told[2], told[2]]);
    }
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('that is none is refused, by its path', async () => {
    const alert = await aboutKey();
    for (const given of ['ignore', '', null]) {
      const { body } = await ada.call('POST', `/account/alerts/${alert.alertId}/answer`, { answer: given });
      expect(body.errors).toMatchObject([{ path: 'answer' }]);
    }
    const { body } = await ada.call('POST', '/account/alerts/1/answer', { answer: 'expected' });
    expect(body.errors).toMatchObject([{ path: 'path.alertId' }]);
  });
});

describe('PUT /account/keys/{keyId}/suspension', () => {
  test('stops the key, and lets it go on; doing it again changes nothing', async () => {
    const stopped = await suspension(true);
    expect(stopped.body).toEqual({
      keyId: key.keyId,
      status: 'suspended',
      suspensions: { owner: { at: expect.any(String) } },
    });
    expect(await status(key.apiKey)).toBe(401);
    const before = await contentsOf(stack);
    expect((await suspension(true)).body).toEqual(stopped.body);
    expect(await contentsOf(stack)).toEqual(before);
    const { revision } = await keyItem(stack, key.keyId);
    for (let n = 1; n <= 2; n++) expect((await suspension(false)).body.status).toBe('active');
    expect(await keyItem(stack, key.keyId)).toMatchObject({
      revision: revision + 1,
      change: { action: 'resume-key', actor: own },
    });
    expect(await status(key.apiKey)).toBe(200);
  });

  test('lifts what the owner and what was unusual suspended in one change, and no other cause', async () => {
    await suspendFor(stack, key.keyId, 'anomaly', 'owner', 'payment');
    const { revision } = await keyItem(stack, key.keyId);
    expect((await suspension(false)).body).toEqual({
      keyId: key.keyId,
      status: 'suspended',
      suspensions: { payment: { at: expect.any(String) } },
    });
    expect(await keyItem(stack, key.keyId)).toMatchObject({ revision: revision + 1 });
  });

  test('of a revoked key is refused; what is no truth value, by its path', async () => {
    for (const wrong of ['yes', 1, null, undefined]) {
      expect((await suspension(wrong)).body.errors).toMatchObject([{ path: 'suspended' }]);
    }
    await ada.call('DELETE', `/account/keys/${key.keyId}`);
    for (const suspended of [true, false]) expect((await suspension(suspended)).status).toBe(409);
  });
});

test('suspending, letting go on and answering are done 60 times in an hour, all together; in the next one again', async () => {
  // From the beginning of an hour: what is done before its end counts for it.
  await advance(stack, 60 * minute - (stack.clock.now() % (60 * minute)));
  ada = subscriber(stack, ada.email, await refresh(stack, ada.tokens));
  const alert = await aboutKey();
  const other = await aboutKey();
  for (let n = 0; n < 29; n++) {
    for (const suspended of [true, false]) expect((await suspension(suspended)).status).toBe(200);
    // Nothing is changed, and nothing counted.
    expect((await suspension(false)).status).toBe(200);
  }
  for (const given of ['expected', 'suspend']) expect((await answer(alert, given)).status).toBe(200);
  const before = await contentsOf(stack);
  const refused = [await suspension(false), await answer(other, 'expected'), await answer(alert, 'expected')];
  for (const { status: code, body } of refused) {
    expect([code, body.type, body.detail]).toEqual([
      409,
      expect.stringMatching(/limit-reached$/),
      expect.stringContaining('60 times within this hour'),
    ]);
  }
  expect(await contentsOf(stack)).toEqual(before);
  // What is no change, and what has a limit of its own, is done.
  expect((await suspension(true)).status).toBe(200);
  expect((await answer(alert, 'suspend')).status).toBe(200);
  await advance(stack, 60 * minute);
  ada = subscriber(stack, ada.email, await refresh(stack, ada.tokens));
  expect((await suspension(false)).body.status).toBe('active');
  await advance(stack, 120 * minute);
  const left = (await itemsOf(stack, 'Subscriptions')).filter((item) =>
    String(item['subscriptionId']).startsWith('acts#'),
  );
  expect(left).toEqual([]);
  ada = subscriber(stack, ada.email, await refresh(stack, ada.tokens));
});

test('a key that was suspended as unusual can be ended, and another made: that is for its owner to say', async () => {
  const grace = await newSubscriber(stack, 'grace@example.com');
  const { keyId } = (await grace.call('POST', '/account/keys', {})).body;
  await suspendFor(stack, keyId, 'anomaly');
  expect((await grace.call('POST', '/account/keys', {})).status).toBe(201);
  expect((await grace.call('DELETE', `/account/keys/${keyId}`)).status).toBe(200);
});

test('an alert goes 400 days after it was over, and its record says so: nothing is missing', async () => {
  const alert = await aboutKey();
  await answer(alert, 'expected');
  const { closedAt = '', ttl = 0, ...item } = await alertItem(stack, alert.alertId);
  expect(ttl - Math.floor(Date.parse(closedAt) / 1000)).toBe(400 * 86_400);
  // The time between is of no interest: it is written as if it were over in a minute.
  const soon = Math.floor(stack.clock.now() / 1000) + 60;
  await writeNext(stack, 'Alerts', item, { closedAt, ttl: soon });
  await stack.streams.whenIdle();
  await advance(stack, 2 * minute);
  await stack.streams.whenIdle();
  const record = recordOf(stack);
  const { entries } = await record.query({ alertId: alert.alertId });
  const [last] = entries;
  expect(last).toMatchObject({
    action: 'item-expired',
    sequence: 4,
    actor: { kind: 'system', id: 'time-to-live' },
  });
  expect(await record.verify(alert.alertId)).toMatchObject({ ok: true, entries: 4 });
  ada = subscriber(stack, ada.email, await refresh(stack, ada.tokens));
  expect((await answer(alert, 'suspend')).status).toBe(404);
  const all = (await ada.call('GET', '/account/alerts?status=all&limit=100')).body.alerts;
  expect(all.map(({ alertId }: AlertItem) => alertId)).not.toContain(alert.alertId);
});

test('GET /account/export has all alerts of the account, open or not, and of nobody else', async () => {
  const lin = await newSubscriber(stack, 'lin@example.com');
  const { keyId, subscriptionId } = (await lin.call('POST', '/account/keys', {})).body;
  const first = await openAlert(stack, { subscriptionId, keyId });
  await openAlert(stack, { subscriptionId: accountId });
  const last = await openAlert(stack, { subscriptionId, kind: 'quota-threshold' });
  await lin.call('POST', `/account/alerts/${first.alertId}/answer`, { answer: 'expected' });
  const { alerts, alertsAreCut } = (await lin.call('GET', '/account/export')).body;
  expect(alerts.map(({ alertId }: AlertItem) => alertId)).toEqual([last.alertId, first.alertId]);
  expect(alerts).toEqual((await lin.call('GET', '/account/alerts?status=all')).body.alerts);
  expect(alertsAreCut).toBe(false);
});
