import { describe, expect, it } from 'vitest';
import { accountNews } from '../../functions/delivery/rules/account-news.ts';
import { changeTier } from '../../functions/keys/change-tier.ts';
import { approveRequest, declineRequest } from '../../functions/payments/answer-request.ts';
import { chooseTier } from '../../functions/payments/choose-tier.ts';
import { openPortal } from '../../functions/payments/open-portal.ts';
import { ConflictError, LimitError, NotFoundError, ProblemError } from '../../functions/runtime/errors.ts';
import { tiers } from '../../lib/tiers.ts';
import type { Reach } from '../delivery/year/memory-tables.ts';
import { simulated } from '../delivery/year/simulated.ts';
import { Life, paying } from './history/life.ts';
import { type Functions, PaymentWorld, subscriptionId } from './history/world.ts';

simulated();

type Tier = 'free' | 'pro' | 'enterprise';
const reach: Reach = (command) => Promise.resolve(command());
const notSetUp = { stripe: () => Promise.resolve(undefined) };

function choose(world: PaymentWorld, tier: Tier, changes: Partial<Functions> | typeof notSetUp = {}) {
  const owner = world.act({ kind: 'owner', id: subscriptionId });
  return chooseTier({ subscriptionId, tier }, owner, { ...world.compose({ reach }), ...changes });
}

function give(world: PaymentWorld, tier: Tier) {
  const admin = world.act({ kind: 'admin', id: 'grace' });
  return changeTier({ subscriptionId, tier }, admin, world.compose({ reach }));
}

const statuses = ({ stripe }: PaymentWorld) => stripe.subscriptions.map(({ status }) => status);
/** Days of a month that customers have as credit. */
const creditsOf = ({ stripe }: PaymentWorld) =>
  [...stripe.customers.values()].map(({ credit }) => Math.round(credit / (24 * 3_600_000)));

describe('free', () => {
  it('from the beginning is chosen, once, and changes nothing', async () => {
    const world = new PaymentWorld();
    expect(await choose(world, 'free', notSetUp)).toEqual({ tier: 'free', outcome: 'unchanged' });
    const { tierChosenAt, revision } = world.subscription;
    expect(tierChosenAt).toBe(new Date(world.now).toISOString());
    expect(await choose(world, 'free', notSetUp)).toEqual({ tier: 'free', outcome: 'unchanged' });
    expect(world.subscription.revision).toBe(revision);
  });

  it('takes back a request and a checkout, which nobody can pay any more', async () => {
    const world = new PaymentWorld();
    await choose(world, 'pro');
    await choose(world, 'enterprise');
    expect(await choose(world, 'free')).toEqual({ tier: 'free', outcome: 'unchanged' });
    const { request, openRequest, payment } = world.subscription;
    expect([request?.status, openRequest, payment?.checkout]).toEqual(['withdrawn', undefined, undefined]);
    expect(world.stripe.sessions.map(({ status }) => status)).toEqual(['expired']);
  });

  it('begins, for whoever pays, with the end of what is paid; choosing it again changes nothing', async () => {
    const { world } = await paying();
    const { periodEndsAt } = world.subscription.payment ?? {};
    const ending = { tier: 'pro', outcome: 'ends-with-period', changesAt: periodEndsAt };
    expect(await choose(world, 'free')).toEqual(ending);
    const { revision, payment } = world.subscription;
    expect(payment?.cancelsAt).toBe(periodEndsAt);
    expect(await choose(world, 'free')).toEqual(ending);
    expect(world.subscription.revision).toBe(revision);
  });

  it('ends at once what is not paid, and what was taken back', async () => {
    const failing = await paying();
    failing.world.stripe.cardsWork = false;
    await failing.step({ happenings: [], seed: 1, hours: 24 * 31, sweeps: true }, () => {});
    const reversed = await paying();
    await reversed.happen({ kind: 'refund', which: 0 }, { seed: 1 });
    for (const { world } of [failing, reversed]) {
      expect(await choose(world, 'free')).toEqual({ tier: 'free', outcome: 'changed' });
      expect([statuses(world), creditsOf(world)]).toEqual([['canceled'], [0]]);
    }
  });

  it('gives up at once what an admin gave, and with the payment where there is one besides', async () => {
    const given = new PaymentWorld();
    await give(given, 'pro');
    expect(await choose(given, 'free', notSetUp)).toEqual({ tier: 'free', outcome: 'changed' });
    expect(given.keys.map(({ tier }) => tier)).toEqual(['free']);
    const life = await paying();
    await give(life.world, 'pro');
    expect(life.world.subscription.tierCause).toBe('admin');
    expect(await choose(life.world, 'free')).toMatchObject({ tier: 'pro', outcome: 'ends-with-period' });
    await life.step({ happenings: [], seed: 1, hours: 24 * 30 + 1, sweeps: true }, () => {});
    await life.deliverAll(1);
    expect(life.world.subscription.tier).toBe('free');
  });

  it('is no way to end a payment where Stripe is not set up', async () => {
    const { world } = await paying();
    await expect(choose(world, 'free', notSetUp)).rejects.toThrow(ProblemError);
    expect(statuses(world)).toEqual(['active']);
  });
});

describe('pro', () => {
  it('where Stripe is not set up, is refused and begins nothing', async () => {
    const world = new PaymentWorld();
    const refused = await choose(world, 'pro', notSetUp).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ProblemError);
    expect((refused as ProblemError).problem).toBe('payment-unavailable');
    expect(world.subscription.revision).toBe(1);
  });

  it('has to be paid, at one checkout, and begins when it is', async () => {
    const world = new PaymentWorld();
    const life = new Life(world);
    const first = await choose(world, 'pro');
    const [session] = world.stripe.sessions;
    if (session === undefined) throw new Error('there is no checkout');
    expect(first).toEqual({
      tier: 'free',
      outcome: 'payment-required',
      checkout: { url: session.url, expiresAt: expect.any(String) },
    });
    expect(await choose(world, 'pro')).toEqual(first);
    expect([world.subscription.tier, world.keys[0]?.tier]).toEqual(['free', 'free']);
    world.stripe.pay(session);
    // Before any message has come.
    expect(await choose(world, 'pro')).toEqual({ tier: 'pro', outcome: 'changed' });
    expect(await choose(world, 'pro')).toEqual({ tier: 'pro', outcome: 'unchanged' });
    const { usageKeys, payment } = world.subscription;
    expect(world.keys.map(({ tier, usageKey }) => [tier, usageKey])).toEqual([['pro', usageKeys['pro']]]);
    expect(payment?.checkout).toBeUndefined();
    await life.deliverAll(1);
    expect(world.stripe.begun).toBe(1);
  });

  it('opens another checkout once the one before is over', async () => {
    const world = new PaymentWorld();
    const first = await choose(world, 'pro');
    world.now += 25 * 3_600_000;
    world.stripe.advance();
    const second = await choose(world, 'pro');
    expect(second.outcome).toBe('payment-required');
    expect(second.checkout?.url).not.toBe(first.checkout?.url);
  });

  it('takes back a cancellation', async () => {
    const { world } = await paying();
    await choose(world, 'free');
    expect(await choose(world, 'pro')).toEqual({ tier: 'pro', outcome: 'goes-on' });
    expect(world.subscription.payment?.cancelsAt).toBeUndefined();
    expect(world.subscription.change.actor.kind).toBe('owner');
  });

  it('that an admin gave needs no payment, and none takes it away', async () => {
    const life = await paying();
    await give(life.world, 'pro');
    await life.happen({ kind: 'stripe-cancels' }, { seed: 1 });
    await life.deliverAll(1);
    expect(life.world.subscription).toMatchObject({ tier: 'pro', payment: { status: 'ended' } });
    expect(await choose(life.world, 'pro')).toEqual({ tier: 'pro', outcome: 'unchanged' });
    expect(await choose(life.world, 'pro', notSetUp)).toEqual({ tier: 'pro', outcome: 'unchanged' });
  });

  it('is paid anew, as somebody new, after the operator deleted the customer at Stripe', async () => {
    const life = await paying();
    const { world } = life;
    await life.happen({ kind: 'refund', which: 0 }, { seed: 1 });
    await life.deliverAll(1);
    await life.happen({ kind: 'delete-customer' }, { seed: 1 });
    await life.deliverAll(1);
    expect(world.subscription.tier).toBe('free');
    await life.happen({ kind: 'choose', tier: 'pro' }, { seed: 1 });
    await life.deliverAll(1);
    // A new customer has paid nothing: what was taken back before still is.
    expect(Object.keys(world.keys[0]?.suspensions ?? {})).toEqual(['payment']);
    world.now += 1000;
    await life.happen({ kind: 'pay' }, { seed: 1 });
    await life.deliverAll(1);
    expect(world.subscription).toMatchObject({ tier: 'pro', payment: { status: 'active' } });
    expect(world.keys[0]?.suspensions).toEqual({});
    expect(world.stripe.customers.size).toBe(2);
  });
});

it('who deletes the account while a checkout opens is not left behind at Stripe', async () => {
  const world = new PaymentWorld();
  const functions = world.compose({ reach });
  const gateway = {
    ...functions.gateway,
    createCheckout: async (...request: Parameters<typeof functions.gateway.createCheckout>) => {
      const opened = await functions.gateway.createCheckout(...request);
      const { subscription } = world;
      const deletedAt = new Date(world.now).toISOString();
      world.tables.plant('subscriptions', {
        ...subscription,
        deletedAt,
        revision: subscription.revision + 1,
      });
      return opened;
    },
  };
  const changes = { gateway, stripe: () => Promise.resolve(gateway) };
  await expect(choose(world, 'pro', changes)).rejects.toThrow(NotFoundError);
  expect([...world.stripe.customers.values()].map(({ deleted }) => deleted)).toEqual([true]);
});

describe('enterprise', () => {
  it('is asked for, once; repeating it keeps the time and takes the newer note', async () => {
    const world = new PaymentWorld();
    const owner = world.act({ kind: 'owner', id: subscriptionId });
    const functions = { ...world.compose({ reach }), ...notSetUp };
    const ask = (note?: string) => chooseTier({ subscriptionId, tier: 'enterprise', note }, owner, functions);
    const first = await ask('many');
    world.now += 3_600_000;
    const later = { ...world.act(owner.actor) };
    expect(first).toMatchObject({
      tier: 'free',
      outcome: 'requested',
      request: { status: 'open', note: 'many' },
    });
    expect(await ask()).toEqual(first);
    const again = await chooseTier({ subscriptionId, tier: 'enterprise', note: 'more' }, later, functions);
    expect(again.request).toEqual({ ...first.request, note: 'more' });
    expect(world.subscription.openRequest).toBe('open');
  });

  it('is told to everybody once, when it is asked for: a newer note is no news', async () => {
    const world = new PaymentWorld();
    const ask = (note: string) =>
      chooseTier(
        { subscriptionId, tier: 'enterprise', note },
        world.act({ kind: 'owner', id: subscriptionId }),
        world.compose({ reach }),
      );
    for (let each = 0; each < 5; each++) await ask(`note ${each}`);
    expect(world.revisions.slice(1).map(({ change }) => change.action)).toEqual([
      'request-tier',
      ...Array(4).fill('change-request'),
    ]);
    const context = { limits: tiers, dashboardUrl: 'https://dashboard.example.com' };
    const [, ...told] = world.revisions.map((after, index) =>
      accountNews(world.revisions[index - 1], after, context),
    );
    expect(told.filter(({ mail }) => mail !== undefined)).toHaveLength(1);
    expect(told.filter(({ alert }) => alert !== undefined)).toHaveLength(1);
  });

  it('is asked for anew once a day (UTC), however often it is taken back or declined', async () => {
    const world = new PaymentWorld();
    const admin = world.act({ kind: 'admin', id: 'grace' });
    await choose(world, 'enterprise');
    await choose(world, 'free');
    const { revision } = world.subscription;
    await expect(choose(world, 'enterprise')).rejects.toThrow(LimitError);
    await expect(choose(world, 'enterprise')).rejects.toThrow(/tomorrow/);
    expect(world.subscription.revision).toBe(revision);
    world.now = Date.parse('2026-11-24T00:00:00.000Z');
    await choose(world, 'enterprise');
    await declineRequest({ subscriptionId, reason: 'too early' }, admin, world.compose({ reach }));
    await expect(choose(world, 'enterprise')).rejects.toThrow(LimitError);
    world.now += 24 * 3_600_000;
    expect((await choose(world, 'enterprise')).outcome).toBe('requested');
  });

  it('is taken back by choosing the tier that one has, be it a paid one', async () => {
    const { world } = await paying();
    await choose(world, 'enterprise');
    expect(await choose(world, 'pro')).toEqual({ tier: 'pro', outcome: 'unchanged' });
    expect(world.subscription).toMatchObject({ tier: 'pro', request: { status: 'withdrawn' } });
    expect(world.subscription.openRequest).toBeUndefined();
    expect(world.subscription.payment?.cancelsAt).toBeUndefined();

    const given = new PaymentWorld();
    await choose(given, 'enterprise');
    await give(given, 'enterprise');
    expect(await choose(given, 'enterprise')).toEqual({ tier: 'enterprise', outcome: 'unchanged' });
    expect(given.subscription.request?.status).toBe('withdrawn');
    // Another one than the tier that one has leaves it open: it is what one wants until then.
    const waiting = new PaymentWorld();
    await choose(waiting, 'enterprise');
    expect((await choose(waiting, 'pro')).outcome).toBe('payment-required');
    expect(waiting.subscription.request?.status).toBe('open');
  });

  it('is not given up without those who made the contract', async () => {
    const world = new PaymentWorld();
    await give(world, 'enterprise');
    for (const tier of ['free', 'pro'] as const) {
      await expect(choose(world, tier)).rejects.toThrow(ConflictError);
      await expect(choose(world, tier)).rejects.toThrow(/support@example.com/);
    }
    expect(await choose(world, 'enterprise')).toEqual({ tier: 'enterprise', outcome: 'unchanged' });
  });

  it('approved: keys follow, and what was paid for another tier ends', async () => {
    const { world } = await paying();
    await choose(world, 'enterprise');
    const admin = world.act({ kind: 'admin', id: 'grace' });
    const approve = () =>
      approveRequest({ subscriptionId, reason: 'contract 7' }, admin, world.compose({ reach }));
    const approved = await approve();
    expect(approved).toEqual({
      subscriptionId,
      tier: 'enterprise',
      keyIds: ['key000000001'],
      payment: 'ended',
    });
    const { tier, tierCause, request, openRequest } = world.subscription;
    expect([tier, tierCause, openRequest]).toEqual(['enterprise', 'admin', undefined]);
    expect(request).toMatchObject({ status: 'approved', reason: 'contract 7' });
    expect(world.keys[0]?.tier).toBe('enterprise');
    expect(statuses(world)).toEqual(['canceled']);
    // Nothing of the month was used: all of it is theirs.
    expect(creditsOf(world)).toEqual([30]);
    const { revision } = world.subscription;
    expect(await approve()).toMatchObject({ tier: 'enterprise', payment: 'none' });
    expect(world.subscription.revision).toBe(revision);
  });

  it('approved while Stripe is out of reach: the tier is given, and the next sweep ends the payment', async () => {
    const life = await paying();
    const { world } = life;
    await choose(world, 'enterprise');
    const admin = world.act({ kind: 'admin', id: 'grace' });
    const functions = world.compose({ reach });
    const outage = { ...functions.gateway, facts: () => Promise.reject(new Error('out of reach')) };
    const approved = await approveRequest({ subscriptionId }, admin, {
      ...functions,
      stripe: () => Promise.resolve(outage),
    });
    expect(approved.payment).toBe('ends-soon');
    expect([world.subscription.tier, statuses(world)]).toEqual(['enterprise', ['active']]);
    await life.sweep({ seed: 1 });
    expect(statuses(world)).toEqual(['canceled']);
    expect(world.subscription).toMatchObject({ tier: 'enterprise', payment: { status: 'ended' } });
  });

  it('declined: the tier stays, the reason is told, and another request may follow', async () => {
    const world = new PaymentWorld();
    await choose(world, 'enterprise');
    const admin = world.act({ kind: 'admin', id: 'grace' });
    const decline = () =>
      declineRequest({ subscriptionId, reason: 'too early' }, admin, world.compose({ reach }));
    const declined = await decline();
    expect(declined).toEqual({ subscriptionId, tier: 'free', declinedAt: new Date(world.now).toISOString() });
    expect(world.subscription.request).toMatchObject({ status: 'declined', reason: 'too early' });
    expect(await decline()).toEqual(declined);
    world.now += 24 * 3_600_000;
    expect((await choose(world, 'enterprise')).outcome).toBe('requested');
  });

  it('is neither approved nor declined where nobody asks for it', async () => {
    const world = new PaymentWorld();
    const admin = world.act({ kind: 'admin', id: 'grace' });
    const functions = world.compose({ reach });
    const answers = (id: string) => [
      approveRequest({ subscriptionId: id }, admin, functions),
      declineRequest({ subscriptionId: id, reason: 'no' }, admin, functions),
    ];
    for (const answer of answers(subscriptionId)) await expect(answer).rejects.toThrow(ConflictError);
    for (const answer of answers('sub_nobody')) await expect(answer).rejects.toThrow(NotFoundError);
    await choose(world, 'enterprise');
    await choose(world, 'free');
    for (const answer of answers(subscriptionId)) await expect(answer).rejects.toThrow(/withdrawn/);
  });
});

describe('an admin', () => {
  it('cannot move somebody who pays to free: the next message would bring the tier back', async () => {
    const { world } = await paying();
    await expect(give(world, 'free')).rejects.toThrow(ConflictError);
    expect(world.subscription.tier).toBe('pro');
  });

  it('who gives an enterprise tier ends what is paid for another one, by the next sweep', async () => {
    const life = await paying();
    await give(life.world, 'enterprise');
    expect(statuses(life.world)).toEqual(['active']);
    await life.sweep({ seed: 1 });
    expect(statuses(life.world)).toEqual(['canceled']);
  });
});

describe('Stripe’s own page', () => {
  it('is for whoever has begun to pay', async () => {
    const { world } = await paying();
    const functions = world.compose({ reach });
    expect(await openPortal({ subscriptionId }, functions)).toEqual({ url: 'https://portal.example.com' });
    await expect(openPortal({ subscriptionId }, { ...functions, ...notSetUp })).rejects.toThrow(ProblemError);
    const nobody = new PaymentWorld();
    await expect(openPortal({ subscriptionId }, nobody.compose({ reach }))).rejects.toThrow(ConflictError);
  });
});
