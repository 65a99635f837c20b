import { paginateGetApiKeys } from '@aws-sdk/client-api-gateway';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../functions/audit/rules/audit-entry.ts';
import type { KeyItem } from '../../functions/keys/rules/key-item.ts';
import { recordOf, type TestRecord } from './audit-support.ts';
import { type GeneratedKey, managementOf, refusalOf, requestedBy, settled } from './management-support.ts';
import { apiGatewayClient, makeKey, pepperSecret } from './request-path-support.ts';
import { startTestStack, type TestStack, undelivered } from './test-stack.ts';

let stack: TestStack;
let record: TestRecord;
beforeAll(async () => {
  stack = await startTestStack();
  record = recordOf(stack);
});
afterAll(() => stack.close());

interface Done {
  readonly requestId: string;
  readonly answer: Record<string, unknown>;
}

/** An act with the request id that Lambda gave the invocation. */
async function act(name: string, payload: Record<string, unknown>): Promise<Done> {
  const { Payload, FunctionError, $metadata } = await stack.lambda.send(
    new InvokeCommand({
      FunctionName: stack.functions[name],
      Payload: JSON.stringify(undelivered(name, { requestedBy, ...payload })),
    }),
  );
  const text = Buffer.from(Payload ?? []).toString('utf8');
  if (FunctionError !== undefined) throw new Error(`${name}: ${text}`);
  return {
    requestId: $metadata.requestId ?? 'none',
    answer: JSON.parse(text) as Record<string, unknown>,
  };
}

const told = ({ sequence, action, actor, requestId, reason }: AuditEntry) => ({
  sequence,
  action,
  by: actor.id,
  requestId,
  reason,
});

describe('every act leaves exactly one entry for each item it changes', () => {
  test('with the revision as sequence, who, under which request id, when and why', async () => {
    const email = 'every-act@example.com';
    const began = stack.clock.now();
    const generated = await act('generate-key', { tier: 'pro', email, requestedBy: 'Ada' });
    const { keyId, subscriptionId } = generated.answer as unknown as GeneratedKey;
    const second = await act('generate-key', { tier: 'pro', email, name: 'second' });
    const secondId = String(second.answer['keyId']);
    const rotated = await act('rotate-key', { keyId, graceHours: 2, reason: 'by calendar' });
    const suspended = await act('suspend-key', { keyId, reason: 'strange traffic' });
    const resumed = await act('resume-key', { keyId, requestedBy: 'Grace' });
    const moved = await act('change-tier', { subscriptionId, tier: 'enterprise', reason: 'bought more' });
    const revoked = await act('revoke-key', { keyId: secondId, reason: 'laptop lost' });
    const peppered = await act('rotate-pepper', { reason: 'yearly' });
    await stack.streams.whenIdle(30_000);

    const ofKey = await record.entries(keyId);
    expect(ofKey.map(told)).toEqual([
      { sequence: 1, action: 'generate-key', by: 'Ada', requestId: generated.requestId },
      {
        sequence: 2,
        action: 'rotate-key',
        by: requestedBy,
        requestId: rotated.requestId,
        reason: 'by calendar',
      },
      {
        sequence: 3,
        action: 'suspend-key',
        by: requestedBy,
        requestId: suspended.requestId,
        reason: 'strange traffic',
      },
      { sequence: 4, action: 'resume-key', by: 'Grace', requestId: resumed.requestId },
      {
        sequence: 5,
        action: 'change-tier',
        by: requestedBy,
        requestId: moved.requestId,
        reason: 'bought more',
      },
    ]);
    expect((await record.entries(secondId)).map(told)).toMatchObject([
      { sequence: 1, action: 'generate-key', requestId: second.requestId },
      { sequence: 2, action: 'change-tier', requestId: moved.requestId },
      { sequence: 3, action: 'revoke-key', requestId: revoked.requestId, reason: 'laptop lost' },
    ]);
    const ofSubscription = await record.entries(subscriptionId);
    expect(ofSubscription.map(({ sequence }) => sequence)).toEqual(
      ofSubscription.map((_, index) => index + 1),
    );
    expect(ofSubscription).toHaveLength((await record.item(subscriptionId)).revision);
    const requestIds = ofSubscription.map(({ requestId }) => requestId);
    for (const { requestId } of [generated, second, moved, revoked]) expect(requestIds).toContain(requestId);
    for (const { requestId } of [rotated, suspended, resumed]) expect(requestIds).not.toContain(requestId);
    expect((await record.entries('platform')).map(told)).toEqual([
      {
        sequence: 1,
        action: 'rotate-pepper',
        by: requestedBy,
        requestId: peppered.requestId,
        reason: 'yearly',
      },
    ]);
    const times = ofKey.map(({ at }) => Date.parse(at));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(began);
    expect(times.at(-1)).toBeLessThanOrEqual(stack.clock.now());
    expect(ofKey[3]?.state).toMatchObject({ suspensions: {} });
    expect(ofKey[2]?.state).toMatchObject({ suspensions: { admin: { reason: 'strange traffic' } } });
  });

  test('and what changes nothing, is refused or only reads leaves none', async () => {
    const { keyId, subscriptionId } = await makeKey(stack);
    const { revoke, rotate } = managementOf(stack);
    await stack.manage('suspend-key', { keyId, requestedBy });
    await stack.streams.whenIdle(30_000);
    const before = [await record.entries(keyId), await record.entries(subscriptionId)];
    await stack.manage('suspend-key', { keyId, requestedBy });
    expect((await refusalOf(rotate({ keyId }))).type).toBe('ConflictError');
    expect((await refusalOf(revoke({ keyId: 'abcdefghijkl' }))).type).toBe('NotFoundError');
    await stack.manage('change-tier', { subscriptionId, tier: 'pro', requestedBy });
    await stack.manage('get-key', { keyId });
    await stack.manage('list-keys', { subscriptionId });
    await stack.manage('get-subscription', { subscriptionId });
    await stack.manage('get-pepper-usage', {});
    await stack.streams.whenIdle(30_000);
    expect([await record.entries(keyId), await record.entries(subscriptionId)]).toEqual(before);
    expect(await record.entries('abcdefghijkl')).toEqual([]);
  });

  test('also where acts of several admins meet on the same items', async () => {
    const { keyId, subscriptionId } = await makeKey(stack);
    const acts = Array.from({ length: 6 }, (_, n) => [
      stack.manage('rotate-key', { keyId, requestedBy: `admin ${n}` }),
      stack.manage(n % 2 === 0 ? 'suspend-key' : 'resume-key', { keyId, requestedBy: `admin ${n}` }),
      stack.manage('change-tier', {
        subscriptionId,
        tier: n % 2 === 0 ? 'free' : 'pro',
        requestedBy: `admin ${n}`,
      }),
    ]).flat();
    const during: Promise<unknown> = record.verify();
    await Promise.allSettled([...acts, during]);
    await stack.streams.whenIdle(30_000);
    for (const subject of [keyId, subscriptionId]) {
      const entries = await record.entries(subject);
      const { revision } = await record.item(subject);
      expect(entries.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: revision }, (_, index) => index + 1),
      );
    }
    expect(await record.verify()).toMatchObject({ ok: true, broken: [] });
  });
});

test('verifying a busy fleet reports nothing that is not so', async () => {
  const keys = await Promise.all(Array.from({ length: 3 }, () => makeKey(stack)));
  const acts = keys.map(() => 0);
  let busy = true;
  // Without pause, so that an item and its record are hardly ever seen at the same revision.
  const admins = keys.map(async ({ keyId }, admin) => {
    for (let n = 0; busy; n++) {
      await stack.manage(n % 2 === 0 ? 'suspend-key' : 'resume-key', { keyId, requestedBy });
      acts[admin] = n + 1;
    }
  });
  const verified = [];
  try {
    while (verified.length < 4 || Math.min(...acts) < 8) verified.push(await record.verify());
  } finally {
    busy = false;
  }
  await Promise.all(admins);
  expect(verified.flatMap(({ broken }) => broken)).toEqual([]);
  expect(verified.at(-1)?.entries).toBeGreaterThan(verified[0]?.entries ?? 0);
});

test('a clock that jumps while changes wait to be recorded loses none', async () => {
  const made = await Promise.all(Array.from({ length: 3 }, () => makeKey(stack)));
  const acts = made.flatMap(({ keyId }) => [
    stack.manage('suspend-key', { keyId, requestedBy }),
    stack.manage('rotate-key', { keyId, requestedBy }),
  ]);
  const jumps = ['P2D', 'PT20M', 'P40D'].map((advance) =>
    stack.request('POST', '/_local/clock', {}, JSON.stringify({ advance })),
  );
  await settled(acts);
  expect((await Promise.all(jumps)).map(({ status }) => status)).toEqual([200, 200, 200]);
  await stack.streams.whenIdle(30_000);
  for (const { keyId } of made) {
    expect(await record.entries(keyId)).toHaveLength((await record.item(keyId)).revision);
  }
  expect(await record.verify()).toMatchObject({ ok: true, broken: [] });
});

test('the record holds items of the product only, and no secret, hash, ciphertext, address or usage key', async () => {
  const email = 'never-on-record@example.com';
  const apiKeys: string[] = [];
  const first = await managementOf(stack).generate({ email, idempotencyKey: 'once' });
  apiKeys.push(first.apiKey, (await managementOf(stack).generate({ email, idempotencyKey: 'twice' })).apiKey);
  for (let graceHours = 0; graceHours < 4; graceHours++) {
    apiKeys.push((await managementOf(stack).rotate({ keyId: first.keyId, graceHours })).apiKey);
  }
  await stack.manage('rotate-pepper', { requestedBy });
  await stack.streams.whenIdle(30_000);

  const scan = async (table: string) => {
    const { Items = [] } = await stack.dynamodb.send(
      new ScanCommand({ TableName: stack.tables[table], ConsistentRead: true }),
    );
    return Items;
  };
  const [keys, subscriptions, audit] = [await scan('Keys'), await scan('Subscriptions'), await scan('Audit')];
  const subjects = new Set(audit.map(({ subject }) => String(subject)));
  const others = [...subjects].filter(
    (subject) => !/^([0-9A-Za-z]{12}|sub_[0-9A-Za-z]{20}|platform)$/.test(subject),
  );
  expect(others).toEqual([]);
  const unrecorded = subscriptions
    .map(({ subscriptionId }) => String(subscriptionId))
    .filter((id) => id.includes('#'));
  for (const kind of ['email#', 'counter#', 'idempotency#']) {
    expect(
      unrecorded.some((id) => id.startsWith(kind)),
      kind,
    ).toBe(true);
  }

  const usageKeys: string[] = [];
  const pages = paginateGetApiKeys({ client: apiGatewayClient(stack) }, { includeValues: true });
  for await (const { items = [] } of pages) usageKeys.push(...items.map(({ value = '' }) => value));
  const { current: _, ...peppers } = await pepperSecret(stack).read();
  const items = keys as unknown as (KeyItem & { handover?: { ciphertext?: string } })[];
  const hidden = {
    address: subscriptions.flatMap(({ email: address }) => (typeof address === 'string' ? [address] : [])),
    key: apiKeys.flatMap((apiKey) => [apiKey, apiKey.slice(-49), apiKey.slice(-49, -6)]),
    hash: items.flatMap(({ secrets, retired }) => [...secrets, ...retired].map(({ hash }) => hash)),
    usageKey: [...usageKeys, ...items.map(({ usageKey }) => usageKey)],
    pepper: Object.values(peppers),
  };
  for (const [what, values] of Object.entries(hidden)) expect(values, what).not.toEqual([]);
  const text = JSON.stringify(audit);
  const found = Object.entries(hidden).filter(([, values]) => values.some((value) => text.includes(value)));
  expect(found.map(([what]) => what)).toEqual([]);
  expect(text).not.toContain('@example.com');
  expect(text).not.toContain('ciphertext');
});
