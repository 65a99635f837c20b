import { describe, expect, it } from 'vitest';
import { settle } from '../../functions/payments/settle.ts';
import type { Reach } from '../delivery/year/memory-tables.ts';
import { simulated } from '../delivery/year/simulated.ts';
import { Life, paying } from './history/life.ts';
import type { PaymentWorld } from './history/world.ts';

simulated();

const hour = 3_600_000;
const reach: Reach = (command) => Promise.resolve(command());

function sweep(world: PaymentWorld, isConnected = true) {
  const functions = world.compose({ reach });
  const act = world.act({ kind: 'system', id: 'settle-payments' });
  return settle(act, () => true, {
    ...functions,
    ...(isConnected ? {} : { stripe: () => Promise.resolve(undefined) }),
  });
}

describe('a sweep while Stripe is not connected any more', () => {
  it('tells what is due and for how long, and that it could not be looked at: somebody has to hear of it', async () => {
    const { world } = await paying();
    world.now += 31 * 24 * hour;
    const report = await sweep(world, false);
    expect(report).toMatchObject({ due: 1, failed: 1, stoppedEarly: false });
    expect(report.oldestLagSeconds).toBeGreaterThan(22 * 3_600);
    expect(world.subscription.tier).toBe('pro');
    expect(await sweep(world)).toMatchObject({ due: 1, failed: 0 });
  });

  it('has nothing to tell where nobody ever paid', async () => {
    const { world } = new Life();
    expect(await sweep(world, false)).toEqual({
      due: 0,
      failed: 0,
      oldestLagSeconds: 0,
      stoppedEarly: false,
    });
  });
});

it('a checkout that was paid begins the tier within two hours, be it that no message arrives at all', async () => {
  for (const hoursBefore of [0, 5, 22]) {
    const life = new Life();
    const { world } = life;
    await life.happen({ kind: 'choose', tier: 'pro' }, { seed: 1 });
    await life.step({ happenings: [], seed: 1, hours: hoursBefore, sweeps: true }, () => {});
    await life.happen({ kind: 'pay' }, { seed: 1 });
    await life.step({ happenings: [], seed: 1, hours: 2, sweeps: true }, () => {});
    expect(world.subscription.tier).toBe('pro');
  }
});

it('a checkout that nobody pays is looked at until it is over, and then no more', async () => {
  const life = new Life();
  const { world } = life;
  await life.happen({ kind: 'choose', tier: 'pro' }, { seed: 1 });
  await life.step({ happenings: [], seed: 1, hours: 26, sweeps: true }, () => {});
  expect(world.subscription.payment?.checkout).toBeUndefined();
  expect(world.subscription.nextActionAt).toBeUndefined();
});
