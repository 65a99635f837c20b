import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reconcile } from '../../functions/payments/reconcile.ts';
import { simulated } from '../delivery/year/simulated.ts';
import { type Happening, history, type Step } from './history/happenings.ts';
import { Invariants } from './history/invariants.ts';
import { Life } from './history/life.ts';
import type { Message } from './history/stripe-model.ts';
import { type PaymentWorld, subscriptionId } from './history/world.ts';

const runs = Number(process.env['LATCHKEY_PROPERTY_RUNS'] ?? 150);

simulated();

it('messages of Stripe that come shuffled, twice, late, at once or into a crash end where one look would', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.nat(), async (steps, seed) => {
      const life = new Life();
      const invariants = new Invariants(life);
      for (const step of steps) await life.step(step, () => invariants.check());
      await life.deliverAll(seed);
      await life.sweep({ seed });
      await life.deliverAll(seed);
      invariants.check();
      invariants.checkEndings();
      await agreesWithOneLook(life.world);
      await staysSo(life, seed);
    }),
    { numRuns: runs },
  );
});

it('where every message is lost, the sweeps come to the same within a month', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.nat(), async (steps, seed) => {
      const life = new Life();
      const invariants = new Invariants(life);
      const unheard = steps.map((step): Step => ({ ...step, happenings: step.happenings.filter(isHeard) }));
      for (const step of unheard) await life.step(step, () => invariants.check());
      life.world.stripe.cardsWork = true;
      await life.step({ happenings: [], seed, hours: 24 * 31 + 2, sweeps: true }, () => invariants.check());
      invariants.checkEndings();
      await agreesWithOneLook(life.world);
    }),
    { numRuns: Math.ceil(runs / 2) },
  );
});

it('an admin’s suspension outlives whatever payments do', async () => {
  const withoutFaults = history.map((steps) => steps.map(({ fault: _fault, ...step }): Step => step));
  await fc.assert(
    fc.asyncProperty(withoutFaults, fc.nat(), async (steps, seed) => {
      const life = new Life();
      const invariants = new Invariants(life);
      for (const step of steps) {
        await life.step(step, () => invariants.check());
        await life.deliverAll(seed);
        invariants.checkAdmins();
      }
    }),
    { numRuns: Math.ceil(runs / 2) },
  );
});

function isHeard({ kind }: Happening): boolean {
  return kind !== 'deliver';
}

/** What somebody who knows nothing but the customer, and asks Stripe once, comes to. */
async function agreesWithOneLook(world: PaymentWorld): Promise<void> {
  const { subscription } = world;
  if (subscription.payment === undefined) return;
  const { customerId, checkout, reversal } = subscription.payment;
  const owes = world.stripe.customers.size > 1 && reversal !== undefined ? { reversal } : {};
  const isPaid = subscription.tierCause === 'payment';
  const fork = world.fork();
  fork.tables.plant('subscriptions', {
    ...subscription,
    ...(isPaid ? { tier: 'free' } : {}),
    payment: { customerId, ...owes, ...(checkout === undefined ? {} : { checkout }) },
  });
  const act = fork.act({ kind: 'system', id: 'stripe' });
  await fork.run({ seed: 1 }, (functions) => reconcile({ subscriptionId }, act, functions));
  expect(pictureOf(world)).toEqual(pictureOf(fork));
}

function pictureOf({ subscription, keys }: PaymentWorld) {
  const { tier, payment, nextActionAt } = subscription;
  const suspended = keys.map(({ keyId, suspensions }) => [keyId, suspensions.payment !== undefined]);
  return { tier, payment, nextActionAt, suspended };
}

/** Everything once more changes nothing, and every message is on record. */
async function staysSo(life: Life, seed: number): Promise<void> {
  const { world } = life;
  const { changes } = world;
  const { messages } = world.stripe;
  life.waiting = [...messages];
  await life.deliver({ most: messages.length, together: false, again: false }, { seed });
  expect(world.changes).toBe(changes);
  // A customer whom a crash left behind is nobody's.
  const tied = messages.filter((message) => isTied(message, world));
  expect(world.events.toSorted()).toEqual(tied.map(({ id }) => id).toSorted());
}

function isTied({ about }: Message, { stripe, tables }: PaymentWorld): boolean {
  const customerId =
    'customerId' in about
      ? about.customerId
      : stripe.charges.find(({ id }) => id === about.chargeId)?.customer;
  return tables.item('subscriptions', { subscriptionId: `customer#${customerId}` }) !== undefined;
}
