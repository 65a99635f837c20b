import { afterAll, expect, test } from 'vitest';
import { startCustomer } from './customer.ts';
import { cleanUp, dataFolder, type Stack, startUntilReady } from './npm-start.ts';
import { gatewayCounts, type Item, itemsOf } from './tables.ts';

/**
 * `kill -9` while requests and management calls are under way, again and again on one data folder. What was
 * acknowledged holds; what was not has happened wholly or not at all.
 */
afterAll(cleanUp);

// `audit-crash.test.ts` kills ten times more.
const rounds = 2;
const answersBeforeKill = 40;

test(`nothing acknowledged is lost, and nothing is half done, after each of ${rounds} kills`, async () => {
  const dataDir = dataFolder();
  let stack = await startUntilReady({ dataDir });
  const { demoKey } = stack;
  const customers = await Promise.all(
    Array.from({ length: 3 }, (_, n) => startCustomer(stack, `customer-${n}@example.com`)),
  );
  for (let round = 1; round <= rounds; round++) {
    await workUntilKilled(stack, customers);
    stack = await startUntilReady({ dataDir });
    expect(stack.demoKey === demoKey).toBe(true);
    await expectWholeTables(stack);
    const [usages, gateway] = [await itemsOf(stack, 'Usage'), await gatewayCounts(stack)];
    for (const customer of customers) {
      const { subscriptionId, requests } = customer;
      const counted = usages.find((item) => item['subscriptionId'] === subscriptionId) ?? {};
      for (const total of [Number(counted['total'] ?? 0), gateway.get(subscriptionId) ?? 0]) {
        expect(total).toBeGreaterThanOrEqual(requests.answered);
        expect(total).toBeLessThanOrEqual(requests.answered + requests.unanswered);
      }
      await customer.expectAcknowledged(stack);
      await customer.resolveUnanswered(stack);
    }
    await expectWholeTables(stack);
  }
  // Otherwise nothing was ever cut off, and this test says little.
  expect(customers.reduce((sum, { interrupted }) => sum + interrupted(), 0)).toBeGreaterThanOrEqual(rounds);
  expect(customers.reduce((sum, { requests }) => sum + requests.unanswered, 0)).toBeGreaterThan(0);
  await stack.stop();
}, 240_000);

type Customer = Awaited<ReturnType<typeof startCustomer>>;

/** All customers at once, and new ones who sign up; killed when enough has been answered, in the middle of the rest. */
async function workUntilKilled(stack: Stack, customers: readonly Customer[]): Promise<void> {
  let answers = 0;
  let killed = false;
  const answered = () => {
    answers += 1;
    if (answers < answersBeforeKill || killed) return;
    killed = true;
    stack.process.signal('SIGKILL');
  };
  const newcomers = async () => {
    for (let n = 0; !killed; n++) {
      const email = `newcomer-${stack.process.pid}-${n}@example.com`;
      const act = stack.manage('generate-key', { tier: 'free', email, requestedBy: 'a test' });
      await act.then(answered, () => {});
    }
  };
  await Promise.all([
    newcomers(),
    newcomers(),
    ...customers.map((customer) => customer.work(stack, () => killed, answered)),
  ]);
  expect(await stack.process.ended()).toEqual({ code: null, signal: 'SIGKILL' });
}

/** What several items say together, whoever wrote last: each transaction has happened as a whole. */
async function expectWholeTables(stack: Stack): Promise<void> {
  const [keys, rows, usages] = (await Promise.all(
    ['Keys', 'Subscriptions', 'Usage'].map((table) => itemsOf(stack, table)),
  )) as [Item[], Item[], Item[]];
  const id = (item: Item) => String(item['subscriptionId']);
  const subscriptions = rows.filter((item) => id(item).startsWith('sub_'));

  const live = keys.filter(({ revokedAt }) => revokedAt === undefined);
  const places = subscriptions.flatMap((item) =>
    (item['keyIds'] as string[]).map((keyId) => `${id(item)} ${keyId}`),
  );
  expect(places.toSorted()).toEqual(live.map((key) => `${id(key)} ${key['keyId']}`).toSorted());

  const locks = rows.filter((item) => id(item).startsWith('email#'));
  expect(locks.map((lock) => `${id(lock)} ${lock['lockedFor']}`).toSorted()).toEqual(
    subscriptions.map((item) => `email#${item['email']} ${id(item)}`).toSorted(),
  );
  expect(rows.find((item) => id(item) === 'counter#usage-keys')).toMatchObject({
    count: subscriptions.length,
  });

  for (const index of ['bySubscription', 'byDue']) {
    const indexed = index === 'byDue' ? live : keys;
    const entries = await itemsOf(stack, 'Keys', index);
    expect(entries.map(({ keyId }) => keyId).toSorted()).toEqual(
      indexed.map(({ keyId }) => keyId).toSorted(),
    );
  }
  for (const { total, ...counts } of usages) {
    const sum = (pattern: RegExp) =>
      Object.entries(counts).reduce(
        (all, [name, count]) => all + (pattern.test(name) ? Number(count) : 0),
        0,
      );
    expect([sum(/^d\d\d$/), sum(/^k_/)]).toEqual([total, total]);
  }
}
