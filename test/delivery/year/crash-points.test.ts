import { describe, expect, it } from 'vitest';
import { rotateKey } from '../../../functions/keys/rotate-key.ts';
import { isKnown } from '../../../functions/keys/rules/handover.ts';
import { Life } from './life.ts';
import type { Fault } from './process.ts';
import { simulated } from './simulated.ts';

const hour = 3_600_000;
const kinds = ['error-before', 'error-after', 'death-before', 'death-after', 'lost-answer'] as const;

/** The same at the first call, the second, and so on. */
async function atEveryCall(kind: Fault['kind'], check: (fault: Fault) => Promise<void>): Promise<void> {
  for (let at = 0; at < 10; at++) await check({ at, kind });
}

simulated();

async function aged(days: number, openPgp = false): Promise<Life> {
  const life = new Life();
  await life.begin(false);
  if (openPgp) await life.encryptsMail();
  await life.wait(days * 24, true, 1);
  return life;
}

describe('at whichever call a process fails or dies', () => {
  it.each(kinds)(
    'a rotation by an admin is made once at most, and keeps the old secret for its grace: %s',
    (kind) =>
      atEveryCall(kind, async (fault) => {
        const life = await aged(1);
        const { world } = life;
        const keyId = world.keys()[0]?.keyId ?? '';
        const act = world.act({ kind: 'admin', id: 'grace' });
        const answer = await world
          .run({ seed: 1, fault }, (functions) =>
            rotateKey({ keyId, graceHours: 72, deliver: true }, act, functions),
          )
          .catch(() => undefined);
        const key = world.key(keyId);
        const rotations =
          world.revisions.get(keyId)?.filter(({ change }) => change.action === 'rotate-key') ?? [];
        expect(rotations.length).toBeLessThanOrEqual(1);
        expect(key?.secrets.map(({ version }) => version)).toEqual(rotations.length === 0 ? [1] : [1, 2]);
        if (answer !== undefined) {
          expect(key?.secrets.map(({ hash }) => hash)).toContain(world.hashOf(answer.apiKey));
          expect(Date.parse(answer.oldRetiresAt) - world.now).toBe(72 * hour);
        }
      }),
  );

  it.each(kinds)('a scheduled rotation reaches its owner by a link that works: %s', (kind) =>
    atEveryCall(kind, async (fault) => {
      const life = await aged(89.99);
      life.world.now += hour;
      await life.sweepWith({ seed: 1, fault: { ...fault, at: fault.at * 2 } });
      await life.streamWith({ seed: 2, fault });
      await life.wait(6, true, 3);
      const [newest] = life.people.links();
      expect(newest).toBeDefined();
      expect(await life.people.claim(newest ?? '', 'owner', { seed: 4 })).toBe(true);
      expect(life.world.keys()[0]?.secrets.map(({ version }) => version)).toEqual([1, 2]);
      expect(life.world.post.alerts).toEqual([]);
    }),
  );

  it.each(kinds)('a secret that an encrypted mail carried counts as known, once it was taken: %s', (kind) =>
    atEveryCall(kind, async (fault) => {
      const life = await aged(89.99, true);
      life.world.now += hour;
      await life.sweepWith({ seed: 1 });
      await life.streamWith({ seed: 2, fault });
      await life.wait(6, true, 3);
      const key = life.world.keys()[0];
      expect(key && isKnown(key, 2)).toBe(true);
      expect(key?.handover?.ciphertext).toBeUndefined();
      expect(life.people.known.size).toBe(1);
    }),
  );

  it.each(kinds)('the client that used a link reads the secret again, and nobody else does: %s', (kind) =>
    atEveryCall(kind, async (fault) => {
      const life = await aged(91);
      const token = life.people.links()[0] ?? '';
      await life.people.claim(token, 'owner', { seed: 1, fault }).catch(() => undefined);
      const wasOpened = life.world.keys()[0]?.handover?.openedAt !== undefined;
      expect(await life.people.claim(token, 'stranger', { seed: 2 })).toBe(!wasOpened);
      expect(await life.people.claim(token, 'owner', { seed: 3 })).toBe(wasOpened);
      life.world.now += 10 * 60_000;
      expect(await life.people.claim(token, 'owner', { seed: 4 })).toBe(false);
    }),
  );
});
