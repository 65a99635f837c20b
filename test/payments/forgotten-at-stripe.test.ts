import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deleteAccount } from '../../functions/accounts/delete-account.ts';
import { finishErasure } from '../../functions/accounts/finish-erasure.ts';
import { chooseTier } from '../../functions/payments/choose-tier.ts';
import { openPortal } from '../../functions/payments/open-portal.ts';
import { isDomainError, UnavailableError } from '../../functions/runtime/errors.ts';
import { Death, type Fault, Outage } from '../delivery/year/process.ts';
import { simulated } from '../delivery/year/simulated.ts';
import { type Circumstances, type Functions, PaymentWorld, subscriptionId } from './history/world.ts';

const runs = Number(process.env['LATCHKEY_PROPERTY_RUNS'] ?? 150);

simulated();

const owner = { kind: 'owner', id: subscriptionId } as const;
const acts = ['pro', 'pro', 'free', 'portal', 'pay', 'gone', 'delete', 'erase'] as const;
type What = (typeof acts)[number];

function erase(world: PaymentWorld, functions: Functions) {
  const { gateway, subscriptions } = functions;
  return finishErasure(subscriptionId, world.act({ kind: 'system', id: 'erase-accounts' }), {
    ...functions,
    subscriptions: subscriptions.store,
    usageKeys: { remove: () => Promise.resolve() },
    erasePayments: (customerId) => gateway.deleteCustomer(customerId),
  });
}

async function act(world: PaymentWorld, what: What, functions: Functions): Promise<unknown> {
  const { stripe } = world;
  switch (what) {
    case 'pro':
    case 'free':
      return chooseTier({ subscriptionId, tier: what }, world.act(owner), functions);
    case 'portal':
      return openPortal({ subscriptionId }, functions);
    case 'pay':
      return stripe.sessions.map((session) => stripe.pay(session));
    case 'gone':
      return stripe.deleteCustomer(world.subscription.payment?.customerId ?? '');
    case 'delete':
      return deleteAccount({ subscriptionId, signInSubject: 'subject' }, world.act(owner), {
        ...functions,
        subscriptions: functions.subscriptions.store,
        endOfKey: () => [],
      });
    case 'erase':
      return erase(world, functions);
  }
}

async function tolerated(world: PaymentWorld, what: What, circumstances: Circumstances): Promise<void> {
  const run = world.run(circumstances, (functions) => act(world, what, functions));
  await run.catch((error: unknown) => {
    const isExpected =
      error instanceof Death ||
      error instanceof Outage ||
      error instanceof UnavailableError ||
      isDomainError(error);
    if (!isExpected) throw error;
  });
}

/** Customers whom Stripe knows by name, and whom nothing here would ever delete. */
function leftBehind({ stripe, subscription }: PaymentWorld) {
  const known = subscription.payment?.customerId ?? subscription.erasure?.paymentCustomer;
  return [...stripe.customers].filter(([id, { email }]) => email !== undefined && id !== known);
}

const fault = fc.record({
  at: fc.nat({ max: 14 }),
  kind: fc.constantFrom<Fault['kind']>(
    'error-before',
    'error-after',
    'death-before',
    'death-after',
    'lost-answer',
  ),
});
const step = fc.record({
  whats: fc.array(fc.constantFrom(...acts), { minLength: 1, maxLength: 3 }),
  fault: fc.option(fault, { nil: undefined, freq: 3 }),
  seed: fc.nat(),
});

it('whoever deletes the account is forgotten at Stripe, whatever went on at that moment, and whatever broke off', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), fc.nat(), async (steps, seed) => {
      const world = new PaymentWorld();
      for (const each of steps) {
        await Promise.all(
          each.whats.map((what, index) =>
            tolerated(world, what, {
              seed: each.seed + index,
              ...(index === 0 ? { fault: each.fault } : {}),
            }),
          ),
        );
        expect(leftBehind(world)).toEqual([]);
        world.now += 1000;
      }
      await tolerated(world, 'delete', { seed });
      await tolerated(world, 'erase', { seed });
      expect(world.subscription.deletedAt).toBeDefined();
      expect(world.subscription.erasure).toBeUndefined();
      const known = [...world.stripe.customers.values()].filter(({ email }) => email !== undefined);
      expect(known).toEqual([]);
    }),
    { numRuns: 2 * runs },
  );
});

it('a checkout that opens while the account is deleted and erased leaves no customer at all', async () => {
  for (let at = 0; at < 20; at++) {
    const world = new PaymentWorld();
    await world
      .run({ seed: at }, (functions) => {
        let calls = 0;
        const inBetween = async <T>(call: () => Promise<T>): Promise<T> => {
          const answer = await call();
          if (calls++ === at) {
            await tolerated(world, 'delete', { seed: 1 });
            await tolerated(world, 'erase', { seed: 1 });
          }
          return answer;
        };
        const { gateway } = functions;
        const slow = {
          ...gateway,
          createCustomer: (...args: Parameters<typeof gateway.createCustomer>) =>
            inBetween(() => gateway.createCustomer(...args)),
          updateCustomer: (...args: Parameters<typeof gateway.updateCustomer>) =>
            inBetween(() => gateway.updateCustomer(...args)),
          createCheckout: (...args: Parameters<typeof gateway.createCheckout>) =>
            inBetween(() => gateway.createCheckout(...args)),
        };
        return chooseTier({ subscriptionId, tier: 'pro' }, world.act(owner), {
          ...functions,
          stripe: () => Promise.resolve(slow),
        });
      })
      .catch((error: unknown) => {
        if (!isDomainError(error)) throw error;
      });
    if (world.subscription.deletedAt === undefined) break;
    expect([...world.stripe.customers.values()].filter(({ deleted }) => !deleted)).toEqual([]);
  }
});
