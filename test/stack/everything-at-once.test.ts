import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliveryOf } from './delivery-support.ts';
import {
  type Attempt,
  attempt,
  createReplayer,
  givenOut,
  modelOfKey,
  type PlannedAct,
  plan,
} from './everything-support.ts';
import { expectConsistent, type Fleet, fleetOf, recordOf } from './fleet-support.ts';
import { itemsOf, keysOf, subscriptionItem } from './management-support.ts';
import { pepperSecret } from './request-path-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/**
 * Everything at once: several admins act at random on the same few subscriptions, workers are killed, and the recorder
 * gets changes twice and out of order. In the end tables, record, requests and a model of the acknowledged answers agree.
 */

const admins = 4;
const actsEach = 7;
const subscriptions = 2;

let stack: TestStack;
let fleet: Fleet;
beforeAll(async () => {
  stack = await startTestStack();
  fleet = fleetOf(stack);
});
afterAll(() => stack.close());

/** Kills are random in time, so that no run is quite like another; the acts are the same for the same seed. */
const runs = { numRuns: 2, seed: 20_261_123, endOnFailure: true } as const;

test('whatever happens at the same time, what was acknowledged holds, and everything is on record', async () => {
  let round = 0;
  const kills = { asked: 0, hit: 0 };
  await fc.assert(
    fc.asyncProperty(plan(admins, actsEach, subscriptions), async (lists) => {
      round += 1;
      const { attempts, subscriptionIds } = await actOut(lists, round, kills);
      await expectEverythingAgrees(attempts, subscriptionIds);
    }),
    runs,
  );
  // Otherwise the test would not be about what its name says.
  expect(kills.hit).toBeGreaterThan(0);
  const verification = await fleet.verify();
  expect(verification).toMatchObject({ ok: true, broken: [] });
  const recorded = [...(await itemsOf(stack, 'Keys')), ...(await itemsOf(stack, 'Subscriptions'))].filter(
    ({ revision }) => revision !== undefined,
  );
  expect(verification.subjects).toBe(recorded.length);
  expect(verification.entries).toBe(recorded.reduce((sum, { revision }) => sum + Number(revision), 0));
  expect(await stack.logs()).not.toContain('another change is on record under the same revision');
}, 120_000);

async function actOut(lists: readonly PlannedAct[][], round: number, kills: { asked: number; hit: number }) {
  const attempts: Attempt[] = [];
  const keys: { keyId: string; subscription: number }[] = [];
  const emails = Array.from({ length: subscriptions }, (_, index) => `round${round}-${index}@example.com`);
  const subscriptionIds: string[] = [];
  const replayer = createReplayer(stack);
  const killing: Promise<void>[] = [];

  const remember = (done: Attempt, subscription: number): Attempt => {
    attempts.push(done);
    if (done.act === 'generate-key' && done.outcome.kind === 'acknowledged') {
      keys.push({ keyId: String(done.outcome.answer['keyId']), subscription });
    }
    return done;
  };
  for (const [subscription, email] of emails.entries()) {
    const payload = { email, tier: 'pro', requestedBy: 'the first admin' };
    const { outcome } = remember(await attempt(stack, 'generate-key', payload), subscription);
    if (outcome.kind === 'acknowledged') subscriptionIds.push(String(outcome.answer['subscriptionId']));
  }

  function killLater(name: string, milliseconds: number | undefined): void {
    if (milliseconds === undefined) return;
    kills.asked += 1;
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(async () => {
      if (await stack.invoker.interrupt(stack.functions[name] ?? name)) kills.hit += 1;
      resolve();
    }, milliseconds);
    killing.push(promise);
  }

  function payloadOf(act: PlannedAct, requestedBy: string): Record<string, unknown> {
    const own = keys.filter(({ subscription }) => subscription === act.subscription);
    const keyId = own[act.slot % own.length]?.keyId;
    if (act.name === 'generate-key') {
      return { email: emails[act.subscription], tier: act.tier, requestedBy };
    }
    if (act.name === 'rotate-key') return { keyId, graceHours: act.graceHours, requestedBy };
    if (act.name === 'change-tier') {
      return { subscriptionId: subscriptionIds[act.subscription], tier: act.tier, requestedBy };
    }
    return act.name === 'rotate-pepper' ? { requestedBy } : { keyId, requestedBy };
  }

  async function carryOut(act: PlannedAct, admin: number, index: number): Promise<void> {
    const payload = payloadOf(act, `admin ${admin}`);
    if (act.name === 'generate-key') {
      // The tier that the subscription has, as an admin would ask for; by the time it arrives it may have changed.
      payload['tier'] = (await fleet.subscription({ email: payload['email'] })).tier;
    }
    const repeatable = act.copies > 0 && ['generate-key', 'rotate-key'].includes(act.name);
    if (repeatable) payload['idempotencyKey'] = `round ${round}, admin ${admin}, act ${index}`;
    const once = () => attempt(stack, act.name, payload).then((done) => remember(done, act.subscription));
    killLater(act.name, act.killAfter);
    killLater('record-audit', act.killRecorderAfter);
    const [done] = await Promise.all([
      Promise.all(Array.from({ length: repeatable ? act.copies : 1 }, once)),
      replayer.replay(act.replays),
    ]);
    // Whoever hears nothing asks again: without fear, for the request says that it is the same.
    if (repeatable && done.some(({ outcome }) => outcome.kind === 'unknown')) done.push(await once());
    const answers = done.flatMap(({ outcome }) =>
      outcome.kind === 'acknowledged' ? [JSON.stringify(outcome.answer)] : [],
    );
    if (repeatable) expect(new Set(answers).size).toBeLessThanOrEqual(1);
  }

  await Promise.all(
    lists.map(async (list, admin) => {
      for (const [index, act] of list.entries()) await carryOut(act, admin, index);
    }),
  );
  await Promise.all(killing);
  // What a killed rotation of the pepper has left is completed by the next one.
  await fleet.rotatePepper();
  // Owners are mailed meanwhile, and it comes back what became of the mails.
  await deliveryOf(stack).settle();
  return { attempts, subscriptionIds };
}

async function expectEverythingAgrees(attempts: readonly Attempt[], subscriptionIds: readonly string[]) {
  const byRequest = new Map(attempts.map((each) => [each.requestId, each]));
  const attemptOf = (requestId: string) => byRequest.get(requestId);
  expect(subscriptionIds).toHaveLength(subscriptions);
  for (const { outcome } of attempts) {
    if (outcome.kind === 'acknowledged') continue;
    expect(['ConflictError', 'LimitError', 'UnavailableError', 'Runtime.ExitError']).toContain(
      outcome.errorType,
    );
  }

  const items = (await Promise.all(subscriptionIds.map((id) => keysOf(stack, id)))).flat();
  const chains = new Map<string, Awaited<ReturnType<typeof recordOf>>>();
  for (const subject of [...items.map(({ keyId }) => keyId), ...subscriptionIds]) {
    chains.set(subject, await recordOf(stack, subject));
  }
  const chainOf = (subject: string) => chains.get(subject) ?? [];
  const done = new Set([...chains.values()].flat().map(({ requestId }) => requestId));

  // Acknowledged acts hold; refused ones have left nothing.
  const secrets = givenOut(attempts);
  for (const { act, outcome, requestId, payload } of attempts) {
    if (outcome.kind === 'refused') expect(done, `${act}: ${outcome.errorType}`).not.toContain(requestId);
    if (outcome.kind !== 'acknowledged') continue;
    if (act === 'generate-key' || act === 'rotate-key') {
      const { keyId, version } = outcome.answer;
      const subject = String(keyId);
      const entry = chainOf(subject).find((each) => {
        const asked = attemptOf(each.requestId)?.payload['idempotencyKey'];
        return each.requestId === requestId || (asked !== undefined && asked === payload['idempotencyKey']);
      });
      expect(entry?.action).toBe(act);
      expect(entry?.state['versions']).toContainEqual(expect.objectContaining({ version }));
    }
    if (act === 'revoke-key') {
      expect(items.find(({ keyId }) => keyId === payload['keyId'])?.revokedAt).toBe(
        outcome.answer['revokedAt'],
      );
    }
  }
  // One secret for each version, however often it was asked for.
  for (const given of secrets.values()) expect(given.size).toBe(1);

  // Each item is what the acts of its record, in that order, make of it; and requests agree.
  for (const item of items) {
    const chain = chainOf(item.keyId);
    expect(chain.map(({ sequence }) => sequence)).toEqual(chain.map((_, index) => index + 1));
    expect(item.revision).toBe(chain.length);
    expectInOrder(chain, attemptOf);
    const model = modelOfKey(chain, attemptOf);
    expect({
      suspended: Object.keys(item.suspensions).length > 0,
      revoked: item.revokedAt !== undefined,
      tier: item.tier,
      live: item.secrets.map(({ version }) => version),
    }).toEqual({
      suspended: model.suspended,
      revoked: model.revoked,
      tier: model.tier,
      live: model.live,
    });
    for (const [id, [apiKey = '']] of secrets) {
      const [keyId, version] = id.split('/');
      if (keyId !== item.keyId) continue;
      const works = !model.suspended && model.live.includes(Number(version));
      expect((await stack.evaluate(apiKey)).status, `version ${version}`).toBe(works ? 200 : 401);
    }
  }

  for (const subscriptionId of subscriptionIds) {
    await expectConsistent(stack, subscriptionId);
    const subscription = await subscriptionItem(stack, subscriptionId);
    const chain = chainOf(subscriptionId);
    expect(chain.map(({ sequence }) => sequence)).toEqual(chain.map((_, index) => index + 1));
    expect(subscription.revision).toBe(chain.length);
    expectInOrder(chain, attemptOf);
    for (const { state } of chain) expect((state['keyIds'] as string[]).length).toBeLessThanOrEqual(5);
    const last = chain.findLast(({ action }) => action === 'change-tier');
    expect(subscription.tier).toBe(attemptOf(last?.requestId ?? '')?.payload['tier'] ?? 'pro');
  }

  const { current = '', ...peppers } = await pepperSecret(stack).read();
  expect(Object.keys(peppers)).toContain(current);
  expect(await subscriptionItem(stack, 'platform')).toMatchObject({ pepper: current });
}

/** An act that was over before another began comes before it. */
function expectInOrder(
  chain: readonly { readonly requestId: string }[],
  attemptOf: (requestId: string) => Attempt | undefined,
): void {
  const acts = chain.flatMap(({ requestId }) => attemptOf(requestId) ?? []);
  let begun = 0;
  for (const { startedAt, endedAt, outcome } of acts) {
    // What a killed worker had sent may arrive after its end.
    if (outcome.kind === 'acknowledged') expect(endedAt).toBeGreaterThanOrEqual(begun);
    begun = Math.max(begun, startedAt);
  }
}
