import { expect, it } from 'vitest';
import { updateSubscription } from '../../../functions/delivery/update-subscription.ts';
import { revokeKey } from '../../../functions/keys/revoke-key.ts';
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

it('what could not be told of a revoked key is told once it can be', async () => {
  const life = await mailed('late-bounce');
  const { world } = life;
  const keyId = world.keys()[0]?.keyId ?? '';
  world.post.alertsWork = false;
  const act = world.act({ kind: 'admin', id: 'grace' });
  await world.run({ seed: 1 }, (functions) =>
    revokeKey({ keyId }, act, { ...functions, endOfKey: () => [] }),
  );
  await life.wait(3, true, 1);
  expect(world.subscriptions()[0]?.undeliverable).toBeDefined();
  expect(world.post.alerts).toEqual([]);
  world.post.alertsWork = true;
  await life.wait(24, true, 1);
  expect(world.post.alerts.length).toBe(1);
  expect(world.key(keyId)?.nextAction).toBeUndefined();
});

it('what an owner cannot be told, because the address takes no mail, the admins are told', async () => {
  const life = new Life();
  await life.begin(false);
  life.world.post.behaviours.set('ada@example.com', 'gone');
  await life.wait(83 * 24 + 1, true, 1);
  expect(life.world.post.alerts.map(({ text }) => text.split(' (')[0])).toEqual([
    'A mail came back for good',
  ]);
  await life.wait(7 * 24 + 2, true, 1);
  expect(life.world.post.alerts.at(-1)?.text).toContain(
    '"the new key" was given up: mails to the address came back',
  );
});

it('so, too, of a mail that brings no secret', async () => {
  const life = new Life();
  life.world.post.behaviours.set('ada@example.com', 'gone');
  await life.begin(false);
  expect(life.world.subscriptions()[0]?.undeliverable).toBeDefined();
  await life.wait(83 * 24 + 1, true, 1);
  expect(life.world.post.alerts.at(-1)?.text).toContain('"notice" was given up: the address takes no mail');
});
