import { describe, expect, it } from 'vitest';
import { changeTier } from '../../functions/keys/change-tier.ts';
import { generateApiKey } from '../../functions/keys/generate-api-key.ts';
import { approveRequest } from '../../functions/payments/answer-request.ts';
import { chooseTier } from '../../functions/payments/choose-tier.ts';
import { reconcile } from '../../functions/payments/reconcile.ts';
import { LimitError } from '../../functions/runtime/errors.ts';
import { createSubscriptions } from '../../functions/subscriptions/subscriptions.ts';
import type { Reach } from '../delivery/year/memory-tables.ts';
import { simulated } from '../delivery/year/simulated.ts';
import { PaymentWorld, subscriptionId } from './history/world.ts';

simulated();

const reach: Reach = (command) => Promise.resolve(command());
const owner = { kind: 'owner', id: subscriptionId } as const;
const admin = { kind: 'admin', id: 'grace' } as const;
const limit = 100;

/** API Gateway has room for 100 usage keys, of which some are taken. */
function functionsWith(world: PaymentWorld, taken: number) {
  const functions = world.compose({ reach });
  world.tables.plant('subscriptions', { subscriptionId: 'counter#usage-keys', count: taken });
  const nothing = { ensure: () => Promise.resolve(), remove: () => Promise.resolve() };
  const subscriptions = createSubscriptions(functions.client, functions.subscriptions.store, nothing, limit);
  return { ...functions, subscriptions };
}

const choosePro = (world: PaymentWorld, taken: number) =>
  chooseTier({ subscriptionId, tier: 'pro' }, world.act(owner), functionsWith(world, taken));

/** The first key of an account that has signed up. */
function firstKey(world: PaymentWorld, taken: number, actor: typeof owner | typeof admin) {
  const functions = functionsWith(world, taken);
  world.tables.plant('subscriptions', { ...world.subscription, usageKeys: {}, keyIds: [] });
  const { email } = world.subscription;
  const request = { subscriptionId, email, tier: 'free', prefix: 'user', name: 'k', deliver: false } as const;
  return generateApiKey(request, world.act(actor), functions);
}

describe('where usage keys run out', () => {
  it('nobody is asked to pay for what cannot be given', async () => {
    const world = new PaymentWorld();
    await expect(choosePro(world, limit)).rejects.toThrow(LimitError);
    await expect(choosePro(world, limit)).rejects.toThrow(/nothing is charged.*support@example.com/);
    expect(world.stripe.sessions).toEqual([]);
    expect([...world.stripe.customers.values()]).toEqual([]);
  });

  it('a checkout that waits is not handed out any more, and can be paid by nobody', async () => {
    const world = new PaymentWorld();
    await choosePro(world, 0);
    await expect(choosePro(world, limit)).rejects.toThrow(LimitError);
    expect(world.stripe.sessions.map(({ status }) => status)).toEqual(['expired']);
    expect(await choosePro(world, 0)).toMatchObject({ outcome: 'payment-required' });
  });

  it('checkouts stop first, so that each that is open can still be paid for something', async () => {
    const world = new PaymentWorld();
    expect((await choosePro(world, 94)).outcome).toBe('payment-required');
    // It is open; others are not opened.
    expect((await choosePro(world, 99)).outcome).toBe('payment-required');
    await expect(choosePro(new PaymentWorld(), 95)).rejects.toThrow(LimitError);
    const [session] = world.stripe.sessions;
    if (session === undefined) throw new Error('there is no checkout');
    world.stripe.pay(session);
    await reconcile({ subscriptionId }, world.act(owner), functionsWith(world, 99));
    expect(world.subscription.tier).toBe('pro');
  });

  it('whoever had the tier before has a place in it', async () => {
    const world = new PaymentWorld();
    const usageKeys = { ...world.subscription.usageKeys, pro: 'a value' };
    world.tables.plant('subscriptions', { ...world.subscription, usageKeys });
    expect((await choosePro(world, limit)).outcome).toBe('payment-required');
  });

  it('a tenth is kept from sign-ups, for whoever pays and for admins', async () => {
    await firstKey(new PaymentWorld(), 89, owner);
    const refused = firstKey(new PaymentWorld(), 90, owner);
    await expect(refused).rejects.toThrow(LimitError);
    await expect(refused).rejects.toThrow(/ask support/);
    await expect(refused).rejects.not.toThrow(/API Gateway|docs\//);
    await firstKey(new PaymentWorld(), 90, admin);
    expect((await choosePro(new PaymentWorld(), 90)).outcome).toBe('payment-required');
    const world = new PaymentWorld();
    const given = { subscriptionId, tier: 'enterprise' } as const;
    await changeTier(given, world.act(admin), functionsWith(world, 99));
    await expect(firstKey(new PaymentWorld(), 100, admin)).rejects.toThrow(/docs\/scale.md/);
  });

  it('whoever has paid goes down to free all the same', async () => {
    const world = new PaymentWorld();
    const given = { subscriptionId, tier: 'pro' } as const;
    await changeTier(given, world.act(admin), functionsWith(world, 0));
    const { free: _none, ...usageKeys } = world.subscription.usageKeys;
    world.tables.plant('subscriptions', { ...world.subscription, usageKeys });
    const choice = chooseTier({ subscriptionId, tier: 'free' }, world.act(owner), functionsWith(world, 99));
    expect(await choice).toEqual({ tier: 'free', outcome: 'changed' });
  });

  it('an admin who approves a request is told that it stays open, and what to do', async () => {
    const world = new PaymentWorld();
    await chooseTier({ subscriptionId, tier: 'enterprise' }, world.act(owner), functionsWith(world, 0));
    const refused = approveRequest({ subscriptionId }, world.act(admin), functionsWith(world, limit));
    await expect(refused).rejects.toThrow(LimitError);
    await expect(refused).rejects.toThrow(/stays open.*all 100 usage keys are taken.*docs\/scale.md/);
    expect(world.subscription.request?.status).toBe('open');
    await approveRequest({ subscriptionId }, world.act(admin), functionsWith(world, limit - 1));
    expect(world.subscription.tier).toBe('enterprise');
  });
});
