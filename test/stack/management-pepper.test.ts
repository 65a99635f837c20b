import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashKey } from '../../functions/keys/rules/key-format.ts';
import type { PlatformItem } from '../../functions/keys/stores/platform-store.ts';
import { changeByHand, type Fleet, fleetOf, recordOf, times, trafficOf, writeNext } from './fleet-support.ts';
import {
  contentsOf,
  type GeneratedKey,
  itemsOf,
  keyItem,
  refusalOf,
  settled,
  subscriptionItem,
} from './management-support.ts';
import { pepperSecret } from './request-path-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/** One story: peppers only ever become more. */
let stack: TestStack;
let fleet: Fleet;
let secret: ReturnType<typeof pepperSecret>;
let first: GeneratedKey;
beforeAll(async () => {
  stack = await startTestStack();
  fleet = fleetOf(stack);
  secret = pepperSecret(stack);
  first = await fleet.generate({ email: 'first@example.com' });
});
afterAll(() => stack.close());

const platform = async () => (await subscriptionItem(stack, 'platform')) as unknown as PlatformItem;
const values = async () =>
  Object.entries(await secret.read()).flatMap(([name, value]) => (name === 'current' ? [] : [value]));

/** The secret is whole: `current` names a pepper, each has its own 64 characters, and the platform's item agrees. */
async function expectWhole(names: readonly string[]): Promise<void> {
  const { current, ...peppers } = await secret.read();
  expect(Object.keys(peppers).toSorted()).toEqual(names.toSorted());
  expect(current).toBe(names.at(-1));
  expect((await platform()).pepper).toBe(current);
  // Booleans, so that no failure shows a pepper.
  const all = Object.values(peppers);
  expect(all.every((value) => /^[0-9A-Za-z]{64}$/.test(value))).toBe(true);
  expect(new Set(all).size).toBe(all.length);
}

describe('rotate-pepper', () => {
  test('answers with names only; the next secret uses the new pepper, and every old key goes on working', async () => {
    const before = await keyItem(stack, first.keyId);
    const peppersBefore = await secret.read();
    expect(await fleet.rotatePepper({ reason: 'yearly', requestedBy: 'Ada' })).toEqual({
      current: 'v2',
      peppers: ['v1', 'v2'],
    });
    await expectWhole(['v1', 'v2']);
    expect((await secret.read())['v1'] === peppersBefore['v1']).toBe(true);
    expect(await keyItem(stack, first.keyId)).toEqual(before);
    expect(await fleet.status(first.apiKey)).toBe(200);

    const second = await fleet.generate({ email: 'first@example.com' });
    const { secrets } = await keyItem(stack, second.keyId);
    expect(secrets).toMatchObject([{ pepper: 'v2' }]);
    const v2 = (await secret.read())['v2'] ?? '';
    expect(secrets[0]?.hash === hashKey(second.apiKey, v2)).toBe(true);
    // The very first request of the new key, at instances that have never heard of its pepper.
    expect(await fleet.status(second.apiKey)).toBe(200);
    expect(await fleet.get({ apiKey: second.apiKey })).toMatchObject({ presented: { state: 'live' } });
  });

  test('is on record: who, when, why, and the name of the pepper', async () => {
    const { revision, change, pepper } = await platform();
    expect({ revision, pepper }).toEqual({ revision: 1, pepper: 'v2' });
    expect(await recordOf(stack, 'platform')).toMatchObject([
      {
        sequence: 1,
        subjectKind: 'platform',
        action: 'rotate-pepper',
        actor: { kind: 'admin', id: 'Ada' },
        reason: 'yearly',
        requestId: change.requestId,
        state: { pepper: 'v2' },
      },
    ]);
    expect(await fleet.verify({ subject: 'platform' })).toEqual({
      ok: true,
      subjects: 1,
      entries: 1,
      broken: [],
    });
    const day = change.at.slice(0, 10);
    const found = await stack.manage<{ entries: { subject: string }[] }>('query-audit', { day, limit: 100 });
    expect(found.entries.map(({ subject }) => subject)).toContain('platform');
  });

  test('a rotation of a key moves it to the current pepper, with the old secret of its grace on the old one', async () => {
    const key = await fleet.generate({ email: 'moves@example.com' });
    await fleet.rotatePepper();
    const rotated = await fleet.rotate({ keyId: key.keyId, graceHours: 1 });
    expect((await keyItem(stack, key.keyId)).secrets.map(({ pepper }) => pepper)).toEqual(['v2', 'v3']);
    expect(await fleet.status(key.apiKey)).toBe(200);
    expect(await fleet.status(rotated.apiKey)).toBe(200);
    await expectWhole(['v1', 'v2', 'v3']);
  });

  test('wrong payloads are ValidationErrors, and nothing is written', async () => {
    const before = [await contentsOf(stack), await secret.read()];
    for (const wrong of [
      { requestedBy: undefined },
      { requestedBy: '' },
      { pepper: 'mine' },
      { name: 'v1' },
      { reason: 7 },
    ]) {
      expect(await refusalOf(fleet.rotatePepper(wrong))).toMatchObject({ type: 'ValidationError' });
    }
    const after = [await contentsOf(stack), await secret.read()];
    expect(after[0]).toEqual(before[0]);
    expect(JSON.stringify(after[1]) === JSON.stringify(before[1])).toBe(true);
  });
});

describe('get-pepper-usage', () => {
  /** By hand: what each key's item says. */
  async function counted(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const name of Object.keys(await secret.read())) if (name !== 'current') counts[name] = 0;
    for (const item of await itemsOf(stack, 'Keys')) {
      for (const { pepper, retiresAt } of (await keyItem(stack, String(item['keyId']))).secrets) {
        if (retiresAt !== undefined && Date.parse(retiresAt) <= stack.clock.now()) continue;
        counts[pepper] = (counts[pepper] ?? 0) + 1;
      }
    }
    return counts;
  }

  test('counts live secrets by pepper: not those of revoked keys, nor a secret whose grace is over', async () => {
    expect(await fleet.pepperUsage()).toEqual({
      current: 'v3',
      liveSecrets: { v1: 1, v2: 2, v3: 1 },
    });
    const gone = await fleet.generate({ email: 'gone@example.com' });
    const graced = await fleet.generate({ email: 'graced@example.com' });
    const { oldRetiresAt } = await fleet.rotate({ keyId: graced.keyId, graceHours: 2 });
    expect((await fleet.pepperUsage()).liveSecrets).toEqual({ v1: 1, v2: 2, v3: 4 });
    await fleet.revoke({ keyId: gone.keyId });
    expect((await fleet.pepperUsage()).liveSecrets).toEqual({ v1: 1, v2: 2, v3: 3 });
    await stack.clock.moveTo(Date.parse(oldRetiresAt));
    // The secret in its grace from before is over as well.
    expect((await fleet.pepperUsage()).liveSecrets).toEqual({ v1: 1, v2: 1, v3: 2 });
    expect((await fleet.pepperUsage()).liveSecrets).toEqual(await counted());
    // A suspended key comes back one day: its secret needs its pepper.
    await fleet.suspend({ keyId: first.keyId });
    expect((await fleet.pepperUsage()).liveSecrets).toMatchObject({ v1: 1 });
    await fleet.resume({ keyId: first.keyId });
    expect(await refusalOf(stack.manage('get-pepper-usage', { pepper: 'v1' }))).toMatchObject({
      type: 'ValidationError',
    });
  });

  test('says 0 for a pepper that no live secret uses any more: it may go', async () => {
    const { apiKey } = await fleet.rotate({ keyId: first.keyId });
    expect(await fleet.pepperUsage()).toMatchObject({ current: 'v3', liveSecrets: { v1: 0 } });
    first = { ...first, apiKey };
  });
});

describe('a rotation that was cut off between its announcement and the secret', () => {
  test('changes nothing for keys, and the next call completes it under the announced name', async () => {
    await writeNext(stack, 'Subscriptions', await platform(), { pepper: 'v4' });
    const { revision } = await platform();
    const meanwhile = await fleet.generate({ email: 'meanwhile@example.com' });
    expect((await keyItem(stack, meanwhile.keyId)).secrets).toMatchObject([{ pepper: 'v3' }]);
    expect(await fleet.status(meanwhile.apiKey)).toBe(200);
    expect(await fleet.pepperUsage()).toMatchObject({ current: 'v3' });

    const answers = await Promise.all(times(3, () => fleet.rotatePepper()));
    expect(answers[0]?.peppers.slice(0, 4)).toEqual(['v1', 'v2', 'v3', 'v4']);
    const { current = '' } = await secret.read();
    const count = Number(current.slice(1));
    // One call at least completes it; one that comes after that adds a pepper of its own. Each is on record.
    expect(count).toBeGreaterThanOrEqual(4);
    expect((await platform()).revision).toBe(revision + answers.length);
    await expectWhole(times(count, (index) => `v${index + 1}`));
    expect(await fleet.status(meanwhile.apiKey)).toBe(200);
  });
});

describe('ten at once', () => {
  test('end with names and values that agree; every key made meanwhile works, from its first request on', async () => {
    const lane = trafficOf(() => stack.evaluate(first.apiKey));
    const makers = times(3, async (index) => {
      const made: GeneratedKey[] = [];
      const statuses: number[] = [];
      for (let round = 0; round < 5; round++) {
        const key = await fleet.generate({ email: `maker${index}@example.com` });
        made.push(key);
        statuses.push(await fleet.status(key.apiKey));
      }
      return { made, statuses };
    });
    const before = (await platform()).revision;
    const rotations = await settled(times(10, () => fleet.rotatePepper()));
    const results = await Promise.all(makers);
    await lane.stop();
    for (const refusal of rotations.refusals) expect(refusal).toBe('UnavailableError');
    expect(rotations.answers.length).toBeGreaterThan(0);
    expect(lane.statusesWithin(0, Number.POSITIVE_INFINITY)).toEqual([200]);
    expect(results.flatMap(({ statuses }) => statuses)).toEqual(Array(15).fill(200));

    const { current = '' } = await secret.read();
    await expectWhole(times(Number(current.slice(1)), (index) => `v${index + 1}`));
    for (const answer of rotations.answers) expect(answer.peppers).toContain(answer.current);
    const added = (await platform()).revision - before;
    expect(added).toBeGreaterThan(0);
    expect(added).toBeLessThanOrEqual(10);

    const known = await secret.read();
    for (const { keyId, apiKey } of [first, ...results.flatMap(({ made }) => made)]) {
      const [made] = (await keyItem(stack, keyId)).secrets;
      expect(made?.hash === hashKey(apiKey, known[made?.pepper ?? ''] ?? '')).toBe(true);
      expect(await fleet.status(apiKey)).toBe(200);
    }
    expect(await fleet.verify({ subject: 'platform' })).toMatchObject({ ok: true });
    expect((await recordOf(stack, 'platform')).map(({ sequence }) => sequence)).toEqual(
      times((await platform()).revision, (index) => index + 1),
    );
  });

  test('one after the other within a second: each new key works at once', async () => {
    for (let round = 0; round < 3; round++) {
      await fleet.rotatePepper();
      const { apiKey } = await fleet.generate({ email: `quick${round}@example.com` });
      expect(await fleet.status(apiKey)).toBe(200);
    }
  });
});

test('no pepper is in any answer, log or table', async () => {
  const answers = [await fleet.rotatePepper(), await fleet.pepperUsage(), await recordOf(stack, 'platform')];
  const tables = await contentsOf(stack);
  const places = [JSON.stringify(answers), JSON.stringify(tables), await stack.logs()];
  const peppers = await values();
  expect(peppers.length).toBeGreaterThan(5);
  expect(places[1]).toContain(changeByHand(stack).requestId);
  for (const value of peppers) for (const place of places) expect(place.includes(value)).toBe(false);
});
