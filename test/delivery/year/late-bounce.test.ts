import { expect, it } from 'vitest';
import { updateSubscription } from '../../../functions/delivery/update-subscription.ts';
import { Life } from './life.ts';
import { simulated } from './simulated.ts';

simulated();

/** A key whose new secret went to its owner in an encrypted mail, which the owner's mail server has taken. */
async function mailed(behaviour: 'late-bounce' | 'late-full'): Promise<Life> {
  const life = new Life();
  await life.begin(false);
  await life.encryptsMail();
  await life.wait(89 * 24, true, 1);
  life.world.post.behaviours.set('ada@example.com', behaviour);
  await life.wait(25, true, 1);
  expect(life.world.keys()[0]?.handover?.delivery?.deliveredAt).toBeDefined();
  expect(life.world.keys()[0]?.handover?.ciphertext).toBeUndefined();
  return life;
}

it.each(['late-bounce', 'late-full'] as const)(
  'admins hear once of a mail that carried a secret, was taken and came back all the same: %s',
  async (behaviour) => {
    const life = await mailed(behaviour);
    await life.wait(48, true, 1);
    const { alerts } = life.world.post;
    expect(alerts.filter(({ text }) => text.includes('came back')).length).toBe(1);
  },
);

it('so, too, where the address was changed meanwhile', async () => {
  const life = await mailed('late-bounce');
  const { world } = life;
  expect(world.post.alerts).toEqual([]);
  const subscriptionId = world.subscriptions()[0]?.subscriptionId ?? '';
  const act = world.act({ kind: 'admin', id: 'grace' });
  await world.run({ seed: 1 }, (functions) =>
    updateSubscription({ subscriptionId, email: 'ada@example.org' }, act, functions),
  );
  await life.wait(48, true, 1);
  expect(world.post.alerts.filter(({ text }) => text.includes('came back')).length).toBe(1);
});
