import { expect, it } from 'vitest';
import { rotateKey } from '../../../functions/keys/rotate-key.ts';
import { Life } from './life.ts';
import { simulated } from './simulated.ts';

simulated();

const kindsOf = (life: Life) => life.world.post.mails.map(({ letter }) => letter.tags.kind);

async function rotated(life: Life, graceHours: number): Promise<void> {
  const { world } = life;
  const keyId = world.keys()[0]?.keyId ?? '';
  const act = world.act({ kind: 'admin', id: 'grace' });
  await world.run({ seed: 1 }, (functions) =>
    rotateKey({ keyId, graceHours, deliver: true }, act, functions),
  );
  await life.settle(1);
}

it('a notice that could not be sent is not sent once the key was rotated otherwise', async () => {
  const life = new Life();
  await life.begin(true);
  life.world.post.mailerWorks = false;
  await life.wait(83 * 24 + 1, true, 1);
  expect(life.world.keys()[0]?.noticedFor).toBeDefined();
  await rotated(life, 72);
  life.world.post.mailerWorks = true;
  await life.wait(48, true, 1);
  expect(kindsOf(life)).not.toContain('notice');
  expect(kindsOf(life)).toContain('handover');
  expect(life.world.keys()[0]?.outbox?.filter(({ retryAt }) => retryAt !== undefined)).toEqual([]);
});

it('a notice that could not be sent is sent as soon as it can be, while it holds', async () => {
  const life = new Life();
  await life.begin(true);
  life.world.post.mailerWorks = false;
  await life.wait(83 * 24 + 1, true, 1);
  life.world.post.mailerWorks = true;
  await life.wait(24, true, 1);
  expect(kindsOf(life)).toContain('notice');
});

it.each([
  ['in time', 0, 1],
  ['after sweeps were out until the old secret had ended', 80, 0],
])(
  'an owner who uses the old secret is reminded of its end before it has come, and not after: %s',
  async (_when, outage, reminders) => {
    const life = new Life();
    await life.begin(true);
    await life.people.claim(life.people.links()[0] ?? '', 'owner', { seed: 1 });
    await life.wait(24, true, 1);
    await rotated(life, 72);
    await life.wait(1, true, 1);
    await life.wait(outage, false, 1);
    await life.wait(80, true, 1);
    expect(kindsOf(life).filter((kind) => kind === 'reminder').length).toBe(reminders);
  },
);
