import { describe, expect, it } from 'vitest';
import { changeTier } from '../../functions/keys/change-tier.ts';
import { chooseTier } from '../../functions/payments/choose-tier.ts';
import { ProblemError } from '../../functions/runtime/errors.ts';
import { Death, type Fault } from '../delivery/year/process.ts';
import { simulated } from '../delivery/year/simulated.ts';
import { type Life, paying } from './history/life.ts';
import { type PaymentWorld, subscriptionId } from './history/world.ts';

simulated();

/** Somebody whose only payment was taken back, a day later. */
async function takenBack(how: 'refund' | 'dispute'): Promise<Life> {
  const life = await paying();
  await life.step({ happenings: [], seed: 1, hours: 24, sweeps: true }, () => {});
  await life.happen({ kind: how, which: 0 }, { seed: 1 });
  await life.deliverAll(1);
  life.world.now += 1000;
  expect(causesOf(life.world)).toEqual(['payment']);
  return life;
}

const causesOf = ({ keys }: PaymentWorld) => Object.keys(keys[0]?.suspensions ?? {});
const runningOf = ({ stripe }: PaymentWorld) =>
  stripe.subscriptions.filter(({ status }) => status !== 'canceled');
const openOf = ({ stripe }: PaymentWorld) => stripe.sessions.filter(({ status }) => status === 'open');

function choosePro(world: PaymentWorld, { seed = 1, fault }: { seed?: number; fault?: Fault } = {}) {
  const owner = world.act({ kind: 'owner', id: subscriptionId });
  return world.run({ seed, fault }, (functions) =>
    chooseTier({ subscriptionId, tier: 'pro' }, owner, functions),
  );
}

/** At the till that was told, and what comes of it. */
async function payAt(life: Life, url: string | undefined): Promise<void> {
  const session = life.world.stripe.sessions.find((each) => each.url === url);
  if (session === undefined) throw new Error('there is no such till');
  expect(life.world.stripe.pay(session)).toBe(true);
  await life.deliverAll(1);
}

describe('whoever chooses pro after a payment was taken back', () => {
  it.each(['refund', 'dispute'] as const)(
    'by a %s has a checkout to pay, gets nothing twice, and has the keys back once it is paid',
    async (how) => {
      const life = await takenBack(how);
      const { world } = life;
      const choice = await choosePro(world);
      expect(choice).toMatchObject({ tier: 'free', outcome: 'payment-required' });
      expect([runningOf(world).length, openOf(world).length]).toEqual([0, 1]);
      // What was taken back is not given once more, as credit.
      expect([...world.stripe.customers.values()].map(({ credit }) => credit)).toEqual([0]);
      await life.deliverAll(1);
      expect([world.subscription.tier, causesOf(world)]).toEqual(['free', ['payment']]);
      expect(await choosePro(world)).toEqual(choice);
      await payAt(life, choice.checkout?.url);
      expect([world.subscription.tier, causesOf(world)]).toEqual(['pro', []]);
      expect(world.subscription.payment?.reversal).toBeUndefined();
      expect(runningOf(world)).toHaveLength(1);
      expect(await choosePro(world)).toEqual({ tier: 'pro', outcome: 'unchanged' });
    },
  );

  it('does so with a cancellation or a failed payment besides, too', async () => {
    const ending = await takenBack('dispute');
    await ending.happen({ kind: 'portal', ends: true }, { seed: 1 });
    const failing = await takenBack('dispute');
    failing.world.stripe.cardsWork = false;
    await failing.step({ happenings: [], seed: 1, hours: 24 * 30, sweeps: true }, () => {});
    for (const { world } of [ending, failing]) {
      expect(runningOf(world)).toHaveLength(1);
      expect(await choosePro(world)).toMatchObject({ tier: 'free', outcome: 'payment-required' });
      expect(runningOf(world)).toEqual([]);
    }
  });

  it('keeps what an admin gave, and pays for the keys', async () => {
    const life = await takenBack('refund');
    const { world } = life;
    const admin = world.act({ kind: 'admin', id: 'grace' });
    await world.run({ seed: 1 }, (functions) =>
      changeTier({ subscriptionId, tier: 'pro' }, admin, functions),
    );
    const choice = await choosePro(world);
    expect(choice).toMatchObject({ tier: 'pro', outcome: 'payment-required' });
    await payAt(life, choice.checkout?.url);
    expect([world.subscription.tier, world.subscription.tierCause, causesOf(world)]).toEqual([
      'pro',
      'admin',
      [],
    ]);
  });

  it('in two tabs at once has one checkout to pay', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { world } = await takenBack('dispute');
      const choices = await Promise.all([1, 2, 3].map((tab) => choosePro(world, { seed: 3 * seed + tab })));
      expect(choices.map(({ outcome }) => outcome)).toEqual(Array(3).fill('payment-required'));
      expect(new Set(choices.map(({ checkout }) => checkout?.url)).size).toBe(1);
      expect(runningOf(world)).toEqual([]);
    }
  });

  it('and has paid in one tab is not asked, nor ended, in the other', async () => {
    const life = await takenBack('dispute');
    const { world } = life;
    const held = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const owner = world.act({ kind: 'owner', id: subscriptionId });
    // It has seen that the payment was taken back, and is about to end what it was for.
    const slow = world.run({ seed: 1 }, (functions) => {
      const gateway = {
        ...functions.gateway,
        cancel: async (...args: Parameters<typeof functions.gateway.cancel>) => {
          asked.resolve();
          await held.promise;
          return functions.gateway.cancel(...args);
        },
      };
      return chooseTier({ subscriptionId, tier: 'pro' }, owner, {
        ...functions,
        stripe: () => Promise.resolve(gateway),
      });
    });
    await asked.promise;
    await payAt(life, (await choosePro(world, { seed: 2 })).checkout?.url);
    held.resolve();
    expect(await slow).toMatchObject({ tier: 'pro' });
    expect(runningOf(world)).toHaveLength(1);
    expect(causesOf(world)).toEqual([]);
  });

  it.each(Array.from({ length: 16 }, (_, at) => at))(
    'goes on where it was left, be it that the process died after %i calls',
    async (at) => {
      const life = await takenBack('refund');
      const { world } = life;
      await choosePro(world, { fault: { at, kind: 'death-after' } }).catch((error: unknown) => {
        if (!(error instanceof Death)) throw error;
      });
      await life.deliverAll(1);
      const choice = await choosePro(world);
      expect(choice).toMatchObject({ tier: 'free', outcome: 'payment-required' });
      await payAt(life, choice.checkout?.url);
      expect([world.subscription.tier, causesOf(world)]).toEqual(['pro', []]);
      expect(runningOf(world)).toHaveLength(1);
    },
  );

  it('where Stripe is not set up, is told so', async () => {
    const { world } = await takenBack('refund');
    const owner = world.act({ kind: 'owner', id: subscriptionId });
    const choice = world.run({ seed: 1 }, (functions) =>
      chooseTier({ subscriptionId, tier: 'pro' }, owner, {
        ...functions,
        stripe: () => Promise.resolve(undefined),
      }),
    );
    await expect(choice).rejects.toThrow(ProblemError);
    expect(runningOf(world)).toHaveLength(1);
  });
});
