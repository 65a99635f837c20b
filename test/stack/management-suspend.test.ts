import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SuspensionCause } from '../../functions/keys/rules/key-item.ts';
import { type Fleet, fleetOf, outcomeOf, recordOf, times, trafficOf, writeNext } from './fleet-support.ts';
import { contentsOf, hour, isoUtc, keyItem, refusalOf, settled } from './management-support.ts';
import { expectProblem } from './request-path-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let fleet: Fleet;
beforeAll(async () => {
  stack = await startTestStack();
  fleet = fleetOf(stack);
});
afterAll(() => stack.close());

/** Suspends a key for a cause that no management function has: the part of the product that does comes later. */
async function suspendFor(keyId: string, cause: SuspensionCause): Promise<void> {
  const item = await keyItem(stack, keyId);
  const at = new Date(stack.clock.now()).toISOString();
  await writeNext(stack, 'Keys', item, { suspensions: { ...item.suspensions, [cause]: { at, by: cause } } });
}

describe('suspend-key and resume-key', () => {
  test('answer with the status; the very next request is refused, and admitted again', async () => {
    const { keyId, apiKey } = await fleet.generate({ email: 'pause@example.com' });
    for (let round = 0; round < 2; round++) {
      expect(await fleet.suspend({ keyId })).toEqual({ keyId, status: 'suspended' });
      expectProblem(
        await stack.evaluate(apiKey),
        401,
        'unauthorized',
        'API key or sign-in missing or not valid',
      );
      expect(await fleet.resume({ keyId })).toEqual({ keyId, status: 'active' });
      expect(await fleet.status(apiKey)).toBe(200);
    }
  });

  test('take effect between two requests under traffic: none slips through, none fails', async () => {
    const { keyId, apiKey } = await fleet.generate({ email: 'busy@example.com' });
    const lanes = times(2, () => trafficOf(() => stack.evaluate(apiKey)));
    const more = () => Promise.all(lanes.map((lane) => lane.more(5)));
    await more();
    const moments = [performance.now()];
    for (const act of [fleet.suspend, fleet.resume]) {
      await act({ keyId });
      moments.push(performance.now());
      await more();
      moments.push(performance.now());
    }
    await Promise.all(lanes.map((lane) => lane.stop()));
    const [begun = 0, suspended = 0, resuming = 0, resumed = 0, ended = 0] = moments;
    for (const lane of lanes) {
      expect(lane.statusesWithin(0, begun)).toEqual([200]);
      expect(lane.statusesWithin(suspended, resuming)).toEqual([401]);
      expect(lane.statusesWithin(resumed, ended)).toEqual([200]);
      expect(lane.statusesWithin(0, Number.POSITIVE_INFINITY).toSorted()).toEqual([200, 401]);
    }
  });

  test('hold for both secrets of a key in its grace, for no other key, and count no request', async () => {
    const email = 'both@example.com';
    const key = await fleet.generate({ email });
    const other = await fleet.generate({ email });
    const { keyId, subscriptionId } = key;
    const rotated = await fleet.rotate({ keyId, graceHours: 1 });
    await fleet.suspend({ keyId });
    expect(await fleet.status(key.apiKey)).toBe(401);
    expect(await fleet.status(rotated.apiKey)).toBe(401);
    expect(await fleet.status(other.apiKey)).toBe(200);
    expect(await fleet.usage({ subscriptionId })).toMatchObject({ total: 1, keys: { [other.keyId]: 1 } });
    await fleet.resume({ keyId });
    expect(await fleet.status(key.apiKey)).toBe(200);
    expect(await fleet.status(rotated.apiKey)).toBe(200);
  });

  test('never lengthen a life: a secret that retires while the key is suspended stays retired', async () => {
    const key = await fleet.generate({ email: 'grace@example.com' });
    const { keyId } = key;
    const rotated = await fleet.rotate({ keyId, graceHours: 1 });
    await fleet.suspend({ keyId });
    await stack.clock.moveTo(Date.parse(rotated.oldRetiresAt) + hour);
    await fleet.resume({ keyId });
    expect(await fleet.status(key.apiKey)).toBe(401);
    expect(await fleet.status(rotated.apiKey)).toBe(200);
  });

  test('record who, when and why: in the item, in the answer of get-key, in the record', async () => {
    const { keyId } = await fleet.generate({ email: 'why@example.com' });
    await fleet.suspend({ keyId, reason: 'odd traffic', requestedBy: 'Ada' });
    const { suspensions, revision, change } = await keyItem(stack, keyId);
    expect(suspensions).toEqual({
      admin: { at: expect.stringMatching(isoUtc), by: 'Ada', reason: 'odd traffic' },
    });
    expect(revision).toBe(2);
    expect(change).toMatchObject({
      action: 'suspend-key',
      actor: { kind: 'admin', id: 'Ada' },
      at: suspensions.admin?.at,
      reason: 'odd traffic',
    });
    expect(await fleet.get({ keyId })).toMatchObject({ status: 'suspended', suspensions });
    await fleet.resume({ keyId, reason: 'explained', requestedBy: 'Grace' });
    expect(await fleet.get({ keyId })).toMatchObject({ status: 'active', suspensions: {}, revision: 3 });
    expect(await recordOf(stack, keyId)).toMatchObject([
      { sequence: 1, action: 'generate-key' },
      {
        sequence: 2,
        action: 'suspend-key',
        actor: { id: 'Ada' },
        reason: 'odd traffic',
        state: { suspensions },
      },
      {
        sequence: 3,
        action: 'resume-key',
        actor: { id: 'Grace' },
        reason: 'explained',
        state: { suspensions: {} },
      },
    ]);
  });

  test('change nothing when repeated: the first reason stays', async () => {
    const { keyId } = await fleet.generate({ email: 'twice@example.com' });
    const fresh = await contentsOf(stack);
    expect(await fleet.resume({ keyId, reason: 'in vain' })).toEqual({ keyId, status: 'active' });
    expect(await contentsOf(stack)).toEqual(fresh);
    await fleet.suspend({ keyId, reason: 'first' });
    const suspended = await contentsOf(stack);
    expect(await fleet.suspend({ keyId, reason: 'second', requestedBy: 'somebody else' })).toEqual({
      keyId,
      status: 'suspended',
    });
    expect(await contentsOf(stack)).toEqual(suspended);
  });

  test.each(['payment', 'owner', 'anomaly'] as const)(
    'concern cause admin only: a suspension for %s stays, and so does the refusal',
    async (cause) => {
      const { keyId, apiKey } = await fleet.generate({ email: `${cause}@example.com` });
      await suspendFor(keyId, cause);
      // There is nothing of an admin's to lift yet.
      expect(await fleet.resume({ keyId })).toEqual({ keyId, status: 'suspended' });
      expect(await keyItem(stack, keyId)).toMatchObject({ revision: 2 });
      expect(await fleet.suspend({ keyId, reason: 'ours' })).toEqual({ keyId, status: 'suspended' });
      const both = (await keyItem(stack, keyId)).suspensions;
      expect(Object.keys(both).toSorted()).toEqual(['admin', cause].toSorted());
      expect(await fleet.resume({ keyId })).toEqual({ keyId, status: 'suspended' });
      expect((await keyItem(stack, keyId)).suspensions).toEqual({ [cause]: both[cause] });
      expect(await fleet.status(apiKey)).toBe(401);
    },
  );

  test('do not say which cause to lift: a payload that does is a ValidationError', async () => {
    const { keyId } = await fleet.generate({ email: 'cause@example.com' });
    for (const act of [fleet.suspend, fleet.resume]) {
      expect(await refusalOf(act({ keyId, cause: 'payment' }))).toEqual({
        type: 'ValidationError',
        message: 'cause: is unknown: remove it',
      });
    }
  });

  test('of a revoked key are ConflictErrors that name the time, and write nothing', async () => {
    const { keyId, apiKey } = await fleet.generate({ email: 'final@example.com' });
    await fleet.suspend({ keyId });
    const { revokedAt } = await fleet.revoke({ keyId });
    const before = await contentsOf(stack);
    for (const act of [fleet.suspend, fleet.resume]) {
      expect(await refusalOf(act({ keyId }))).toEqual({
        type: 'ConflictError',
        message: `key ${keyId} was revoked at ${revokedAt}, which is final`,
      });
    }
    expect(await contentsOf(stack)).toEqual(before);
    expect(await fleet.status(apiKey)).toBe(401);
  });

  test('of an unknown key are NotFoundErrors, of a wrong payload ValidationErrors; nothing is written', async () => {
    const before = await contentsOf(stack);
    const keyId = '000000000000';
    for (const act of [fleet.suspend, fleet.resume]) {
      expect(await refusalOf(act({ keyId }))).toEqual({
        type: 'NotFoundError',
        message: `there is no key ${keyId}`,
      });
      for (const wrong of [{}, { keyId: 'short' }, { keyId, requestedBy: '' }, { keyId, reason: '' }]) {
        expect(await refusalOf(act(wrong))).toMatchObject({ type: 'ValidationError' });
      }
    }
    expect(await contentsOf(stack)).toEqual(before);
  });
});

test('rotate-key of a suspended key is a ConflictError that names the cause; resumed, it rotates', async () => {
  const { keyId, apiKey } = await fleet.generate({ email: 'stuck@example.com' });
  await fleet.suspend({ keyId });
  const before = await contentsOf(stack);
  expect(await refusalOf(fleet.rotate({ keyId, idempotencyKey: 'stuck' }))).toEqual({
    type: 'ConflictError',
    message: `key ${keyId} is suspended (admin) and cannot be rotated until that is lifted`,
  });
  expect(await contentsOf(stack)).toEqual(before);
  await fleet.resume({ keyId });
  const rotated = await fleet.rotate({ keyId, idempotencyKey: 'stuck' });
  expect(await fleet.status(rotated.apiKey)).toBe(200);
  expect(await fleet.status(apiKey)).toBe(401);
});

test('a suspended key keeps its place among the five, and can be revoked', async () => {
  const email = 'places@example.com';
  const keys = await Promise.all(times(5, () => fleet.generate({ email })));
  const keyId = keys[0]?.keyId ?? '';
  await fleet.suspend({ keyId });
  expect(await refusalOf(fleet.generate({ email }))).toMatchObject({ type: 'LimitError' });
  await fleet.revoke({ keyId });
  expect(await fleet.get({ keyId })).toMatchObject({ status: 'revoked' });
  expect(await fleet.status((await fleet.generate({ email })).apiKey)).toBe(200);
});

describe('many admins at once on one key', () => {
  test('suspending and resuming alternate in the record, and no rotation lies in a suspension', async () => {
    const first = await fleet.generate({ email: 'tussle@example.com' });
    const { keyId } = first;
    const [suspensions, resumptions, rotations] = await Promise.all([
      settled(times(8, () => fleet.suspend({ keyId }))),
      settled(times(8, () => fleet.resume({ keyId }))),
      settled(times(8, () => fleet.rotate({ keyId, graceHours: 1 }))),
    ]);
    expect([...suspensions.refusals, ...resumptions.refusals]).toEqual([]);
    expect(new Set(suspensions.answers.map(({ status }) => status))).toEqual(new Set(['suspended']));
    expect(new Set(resumptions.answers.map(({ status }) => status))).toEqual(new Set(['active']));
    expect(rotations.refusals.filter((type) => type !== 'ConflictError')).toEqual([]);

    const item = await keyItem(stack, keyId);
    const entries = await recordOf(stack, keyId);
    expect(entries.map(({ sequence }) => sequence)).toEqual(times(item.revision, (index) => index + 1));
    let suspended = false;
    for (const { action } of entries.slice(1)) {
      expect(action).toBe(action === 'suspend-key' ? (suspended ? 'resume-key' : action) : action);
      if (action === 'resume-key') expect(suspended).toBe(true);
      if (action === 'rotate-key') expect(suspended).toBe(false);
      suspended = action === 'suspend-key' || (suspended && action !== 'resume-key');
    }
    expect(entries.filter(({ action }) => action === 'rotate-key')).toHaveLength(rotations.answers.length);
    expect(Object.keys(item.suspensions)).toEqual(suspended ? ['admin'] : []);

    await fleet.resume({ keyId });
    const secrets = [first, ...rotations.answers.toSorted((a, b) => a.version - b.version)];
    const statuses = await Promise.all(secrets.map(({ apiKey }) => fleet.status(apiKey)));
    expect(statuses).toEqual(secrets.map((_, index) => (index >= secrets.length - 2 ? 200 : 401)));
    expect(await fleet.verify({ subject: keyId })).toMatchObject({ ok: true, broken: [] });
  });

  test('a revocation among them is final: whatever was answered, no secret works afterwards', async () => {
    const first = await fleet.generate({ email: 'last-word@example.com' });
    const { keyId } = first;
    const others = times(9, (index) => {
      const acts = [fleet.suspend, fleet.resume, fleet.rotate] as const;
      return outcomeOf<object>((acts[index % 3] ?? fleet.resume)({ keyId }));
    });
    const { revokedAt } = await fleet.revoke({ keyId });
    const outcomes = await Promise.all(others);
    for (const outcome of outcomes) if ('refusal' in outcome) expect(outcome.refusal).toBe('ConflictError');
    const keys = outcomes.flatMap((outcome) =>
      'answer' in outcome && 'apiKey' in outcome.answer ? [String(outcome.answer.apiKey)] : [],
    );
    for (const apiKey of [first.apiKey, ...keys]) expect(await fleet.status(apiKey)).toBe(401);
    expect(await fleet.get({ keyId })).toMatchObject({ status: 'revoked', revokedAt, versions: [] });
    const actions = (await recordOf(stack, keyId)).map(({ action }) => action);
    expect(actions.indexOf('revoke-key')).toBe(actions.length - 1);
    expect(await fleet.verify({ subject: keyId })).toMatchObject({ ok: true });
  });
});
