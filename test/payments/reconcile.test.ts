import { describe, expect, it } from 'vitest';
import { deleteAccount } from '../../functions/accounts/delete-account.ts';
import { finishErasure } from '../../functions/accounts/finish-erasure.ts';
import { generateApiKey } from '../../functions/keys/generate-api-key.ts';
import { chooseTier } from '../../functions/payments/choose-tier.ts';
import { receiveEvent } from '../../functions/payments/receive-event.ts';
import { reconcile } from '../../functions/payments/reconcile.ts';
import { settle } from '../../functions/payments/settle.ts';
import { ConflictError, UnavailableError } from '../../functions/runtime/errors.ts';
import type { Reach } from '../delivery/year/memory-tables.ts';
import { Death } from '../delivery/year/process.ts';
import { simulated } from '../delivery/year/simulated.ts';
import { paying } from './history/life.ts';
import { StripeModel } from './history/stripe-model.ts';
import { type Functions, PaymentWorld, subscriptionId } from './history/world.ts';

simulated();

const day = 86_400_000;
const stripeActor = { kind: 'system', id: 'stripe' } as const;
const straight: Reach = (command) => Promise.resolve(command());
const functionsOf = (world: PaymentWorld): Functions => world.compose({ reach: straight });
const actOf = (world: PaymentWorld) => world.act(stripeActor);
const actionsOf = ({ revisions }: PaymentWorld) => revisions.map(({ change }) => change.action);

function runningOf({ stripe }: PaymentWorld) {
  const running = stripe.subscriptions.findLast(({ status }) => status !== 'canceled');
  if (running === undefined) throw new Error('nothing runs');
  return running;
}

describe('what is written', () => {
  it('is never an answer of Stripe’s that was overtaken by a later one', async () => {
    const { world } = await paying();
    const functions = functionsOf(world);
    const held = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const slow = {
      ...functions.gateway,
      facts: async (customerId: string, checkoutId: string | undefined) => {
        const facts = await functions.gateway.facts(customerId, checkoutId);
        asked.resolve();
        await held.promise;
        return facts;
      },
    };
    world.stripe.setEnding(runningOf(world), true);
    const overtaken = reconcile({ subscriptionId }, actOf(world), { ...functions, gateway: slow });
    await asked.promise;
    world.stripe.setEnding(runningOf(world), false);
    // It finds what stands already, writes nothing of it, and yet is later.
    await reconcile({ subscriptionId }, actOf(world), functions);
    const { revisions } = world;
    const known = revisions.length;
    held.resolve();
    await overtaken;
    expect(revisions.slice(known)).toEqual([]);
    expect(world.subscription.payment?.cancelsAt).toBeUndefined();
  });

  it('is one revision for each thing that happened, suspension first', async () => {
    const life = await paying();
    const { world } = life;
    const known = world.revisions.length;
    const [charge] = world.stripe.charges;
    if (charge === undefined) throw new Error('nothing was charged');
    world.stripe.refund(charge);
    world.stripe.end(runningOf(world));
    await life.deliverAll(1);
    expect(
      world.revisions.slice(known).map(({ change, tier }) => [change.action, change.reason, tier]),
    ).toEqual([
      ['payment-reversed', 'payment refunded', 'pro'],
      ['change-tier', 'canceled', 'free'],
    ]);
    expect(world.keys.map(({ tier, suspensions }) => [tier, Object.keys(suspensions)])).toEqual([
      ['free', ['payment']],
    ]);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])(
    'is whole once an event is on record, be it that a process died after %i calls',
    async (at) => {
      const life = await paying();
      const { world } = life;
      const [charge] = world.stripe.charges;
      if (charge === undefined) throw new Error('nothing was charged');
      world.stripe.refund(charge);
      world.stripe.end(runningOf(world));
      life.collectMessages();
      // Of several, this one alone arrives.
      const [event] = life.waiting;
      if (event === undefined) throw new Error('Stripe has told nothing');
      const once = (fault?: { at: number; kind: 'death-after' }) =>
        world.run({ seed: 1, fault }, (functions) => receiveEvent(event, actOf(world), functions));
      await once({ at, kind: 'death-after' }).catch((error: unknown) => {
        if (!(error instanceof Death)) throw error;
      });
      const isOnRecord = world.events.includes(event.id);
      expect(isOnRecord && world.subscription.tier !== 'free').toBe(false);
      await once();
      expect([world.subscription.tier, world.events.includes(event.id)]).toEqual(['free', true]);
      const { changes } = world;
      expect(await once()).toBe('known');
      expect(world.changes).toBe(changes);
    },
  );
});

describe('an event', () => {
  it('of a customer that no subscription has is nobody’s, and one of a charge finds its customer', async () => {
    const { world } = await paying();
    const functions = functionsOf(world);
    const about = { customerId: 'cus_somebody' };
    expect(await receiveEvent({ id: 'evt_a', about }, actOf(world), functions)).toBe('not-ours');
    // Signed for us, and yet unknown: the API key is a wrong one, and the message must come again.
    await expect(
      receiveEvent({ id: 'evt_b', about: { chargeId: 'ch_x' } }, actOf(world), functions),
    ).rejects.toThrow(UnavailableError);
    const chargeId = world.stripe.charges[0]?.id ?? '';
    expect(await receiveEvent({ id: 'evt_c', about: { chargeId } }, actOf(world), functions)).toBe('done');
  });

  it('is not taken while Stripe’s API key is not set: it comes again', async () => {
    const { world } = await paying();
    const functions = { ...functionsOf(world), stripe: () => Promise.resolve(undefined) };
    const about = { customerId: [...world.stripe.customers.keys()][0] ?? '' };
    await expect(receiveEvent({ id: 'evt_a', about }, actOf(world), functions)).rejects.toThrow(
      UnavailableError,
    );
    expect(world.events).not.toContain('evt_a');
  });
});

describe('with the API key of another Stripe account, or of the other mode', () => {
  function wrongFunctionsOf(world: PaymentWorld): Functions {
    const gateway = new StripeModel(() => world.now).gateway(straight);
    return { ...functionsOf(world), gateway, stripe: () => Promise.resolve(gateway) };
  }

  it('nobody loses what was paid, and each look fails, so that the alarm rings', async () => {
    const { world } = await paying();
    const wrong = wrongFunctionsOf(world);
    await expect(reconcile({ subscriptionId }, actOf(world), wrong)).rejects.toThrow(UnavailableError);
    const about = { customerId: [...world.stripe.customers.keys()][0] ?? '' };
    await expect(receiveEvent({ id: 'evt_a', about }, actOf(world), wrong)).rejects.toThrow(UnavailableError);
    world.now += 31 * day;
    expect(await settle(actOf(world), () => true, wrong)).toMatchObject({ due: 1, failed: 1 });
    const owner = world.act({ kind: 'owner', id: subscriptionId });
    for (const tier of ['pro', 'free'] as const) {
      await expect(chooseTier({ subscriptionId, tier }, owner, wrong)).rejects.toThrow(UnavailableError);
    }
    expect(world.subscription).toMatchObject({ tier: 'pro', payment: { status: 'active' } });
    expect(world.keys[0]?.tier).toBe('pro');
  });

  it('nobody counts as forgotten', async () => {
    const { world } = await paying();
    const wrong = wrongFunctionsOf(world);
    const owner = world.act({ kind: 'owner', id: subscriptionId });
    const { store } = wrong.subscriptions;
    await deleteAccount({ subscriptionId, signInSubject: 's' }, owner, {
      ...wrong,
      subscriptions: store,
      endOfKey: () => [],
    });
    const erase = ({ gateway, ...functions }: Functions) =>
      finishErasure(subscriptionId, actOf(world), {
        ...functions,
        subscriptions: store,
        usageKeys: { remove: () => Promise.resolve() },
        erasePayments: (customerId) => gateway.deleteCustomer(customerId),
      });
    await expect(erase(wrong)).rejects.toThrow(/Stripe/);
    expect(world.subscription.erasure?.paymentCustomer).toBeDefined();
    await erase(functionsOf(world));
    expect(world.subscription.erasure).toBeUndefined();
    expect([...world.stripe.customers.values()].map(({ deleted }) => deleted)).toEqual([true]);
  });
});

describe('a payment that is missing', () => {
  it('is told at once, reminded on day 5, and on day 7 the tier ends with it; keys and requests stay', async () => {
    const life = await paying();
    const { world } = life;
    world.stripe.cardsWork = false;
    const known = world.revisions.length;
    await life.step({ happenings: [], seed: 1, hours: 24 * 30 + 2, sweeps: true }, () => {});
    await life.deliverAll(1);
    expect(actionsOf(world).slice(known)).toEqual(['payment-failed']);
    const { failedAt = '', graceEndsAt = '' } = world.subscription.payment ?? {};
    expect(Date.parse(graceEndsAt) - Date.parse(failedAt)).toBe(7 * day);
    await life.step({ happenings: [], seed: 1, hours: 24 * 5, sweeps: true }, () => {});
    expect(actionsOf(world).slice(known)).toEqual(['payment-failed', 'remind-payment']);
    expect([world.subscription.tier, world.keys[0]?.tier]).toEqual(['pro', 'pro']);
    await life.step({ happenings: [], seed: 1, hours: 24 * 2, sweeps: true }, () => {});
    const last = world.subscription;
    expect([last.tier, last.change.action, last.change.reason]).toEqual([
      'free',
      'change-tier',
      'payment missing for 7 days',
    ]);
    expect(Date.parse(last.change.at) - Date.parse(graceEndsAt)).toBeLessThan(3_600_000);
    expect(world.keys.map(({ tier, suspensions, secrets }) => [tier, suspensions, secrets.length])).toEqual([
      ['free', {}, 1],
    ]);
    expect(world.stripe.subscriptions.map(({ status }) => status)).toEqual(['canceled']);
  });

  it('and comes on day 6 is told, and everything goes on', async () => {
    const life = await paying();
    const { world } = life;
    world.stripe.cardsWork = false;
    await life.step({ happenings: [], seed: 1, hours: 24 * 36, sweeps: true }, () => {});
    world.stripe.cardsWork = true;
    await life.happen({ kind: 'collect' }, { seed: 1 });
    await life.deliverAll(1);
    const { tier, change, payment } = world.subscription;
    expect([tier, change.action, payment?.status]).toEqual(['pro', 'payment-recovered', 'active']);
  });
});

describe('a payment that was taken back', () => {
  it('suspends keys and makes none until another one is made', async () => {
    const life = await paying();
    const { world } = life;
    await life.happen({ kind: 'refund', which: 0 }, { seed: 1 });
    await life.deliverAll(1);
    const { email } = world.subscription;
    const request = {
      subscriptionId,
      tier: 'pro',
      email,
      prefix: 'user',
      name: 'k',
      deliver: false,
    } as const;
    const owner = world.act({ kind: 'owner', id: subscriptionId });
    await expect(generateApiKey(request, owner, functionsOf(world))).rejects.toThrow(ConflictError);
    await expect(generateApiKey(request, owner, functionsOf(world))).rejects.toThrow(/refunded/);
    expect(world.keys).toHaveLength(1);
    await life.step({ happenings: [], seed: 1, hours: 24 * 30 + 3, sweeps: false }, () => {});
    await life.deliverAll(1);
    expect(world.keys[0]?.suspensions).toEqual({});
    expect(actionsOf(world)).toContain('payment-restored');
    await generateApiKey(request, owner, functionsOf(world));
  });

  it.each(['won', 'lost'] as const)('a dispute that is %s decides whether keys resume', async (outcome) => {
    const life = await paying();
    const { world } = life;
    await life.happen({ kind: 'dispute', which: 0 }, { seed: 1 });
    await life.deliverAll(1);
    expect(Object.keys(world.keys[0]?.suspensions ?? {})).toEqual(['payment']);
    await life.happen({ kind: 'close-dispute', which: 0, outcome }, { seed: 1 });
    await life.deliverAll(1);
    expect(Object.keys(world.keys[0]?.suspensions ?? {})).toEqual(outcome === 'won' ? [] : ['payment']);
  });

  it('leaves the suspension of an admin as it is, when it comes and when it goes', async () => {
    const life = await paying();
    const { world } = life;
    await life.happen({ kind: 'suspend', which: 0 }, { seed: 1 });
    await life.happen({ kind: 'dispute', which: 0 }, { seed: 1 });
    await life.deliverAll(1);
    expect(Object.keys(world.keys[0]?.suspensions ?? {}).toSorted()).toEqual(['admin', 'payment']);
    await life.happen({ kind: 'close-dispute', which: 0, outcome: 'won' }, { seed: 1 });
    await life.deliverAll(1);
    expect(Object.keys(world.keys[0]?.suspensions ?? {})).toEqual(['admin']);
  });
});

it('two tabs and a double click get one checkout, told alike', async () => {
  const world = new PaymentWorld();
  const owner = world.act({ kind: 'owner', id: subscriptionId });
  const choose = (seed: number) =>
    world.run({ seed }, (functions) => chooseTier({ subscriptionId, tier: 'pro' }, owner, functions));
  const choices = await Promise.all([1, 2, 3].map(choose));
  expect(new Set(choices.map(({ checkout }) => checkout?.url)).size).toBe(1);
  expect(choices.map(({ outcome }) => outcome)).toEqual(Array(3).fill('payment-required'));
  expect((await choose(4)).checkout).toEqual(choices[0]?.checkout);
});
