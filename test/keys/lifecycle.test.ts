import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyItem } from '../../functions/keys/rules/key-item.ts';
import { keyView, statusOf } from '../../functions/keys/rules/key-view.ts';
import { isLive, newKey, nextVersion, revoked, rotated } from '../../functions/keys/rules/lifecycle.ts';
import { nextTimer, withTimer } from '../../functions/keys/rules/timer.ts';

const policy = { intervalDays: 90, noticeDays: 7 };
const hour = 3_600_000;
const day = 24 * hour;
const start = Date.parse('2026-01-31T23:59:59.999Z');
const iso = (at: number) => new Date(at).toISOString();

const change = (action: string, at: number) => ({
  action,
  actor: { kind: 'admin' as const, id: 'an admin' },
  requestId: `request at ${at}`,
  at: iso(at),
});
const hashOf = (version: number) => `hash-of-version-${version}-`.padEnd(64, 'f');
const ciphertextOf = (version: number) => `ciphertext-of-version-${version}`;
const handoverOf = (version: number, at: number) => ({
  version,
  ciphertext: ciphertextOf(version),
  expiresAt: iso(at + 600_000),
});

function freshKey(at = start, more: { withHandover?: boolean } = {}): KeyItem {
  const identity = {
    keyId: 'AAAAAAAAAAAA',
    subscriptionId: 'sub_x',
    name: 'default',
    prefix: 'user',
    tier: 'pro',
  };
  return newKey(
    {
      ...identity,
      usageKey: 'opaque',
      secret: { hash: hashOf(1), pepper: 'v1' },
      ...(more.withHandover ? { handover: handoverOf(1, at) } : {}),
    },
    change('generate-key', at),
    policy,
  );
}

function rotate(key: KeyItem, at: number, graceHours: number, withHandover = false) {
  const version = nextVersion(key);
  const handover = withHandover ? { handover: handoverOf(version, at) } : {};
  const added = { hash: hashOf(version), pepper: 'v2', ...handover };
  return rotated(key, added, graceHours, change('rotate-key', at), policy);
}

type Step =
  | { readonly kind: 'rotate'; readonly graceHours: number; readonly withHandover: boolean }
  | { readonly kind: 'revoke' }
  | { readonly kind: 'notice' };

const steps = fc.array(
  fc.record({
    /** Milliseconds that pass before it; often none at all, as when two admins act at once. */
    after: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 2 * hour }),
      fc.integer({ min: 0, max: 120 * day }),
    ),
    step: fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({
          kind: fc.constant('rotate' as const),
          graceHours: fc.oneof(
            fc.constantFrom(0, 1, 24, 72, 168),
            fc.double({ min: 0, max: 168, noNaN: true }),
            fc.double({ min: 0, max: 0.001, noNaN: true }),
          ),
          withHandover: fc.boolean(),
        }),
      },
      { weight: 2, arbitrary: fc.constant<Step>({ kind: 'notice' }) },
      { weight: 1, arbitrary: fc.constant<Step>({ kind: 'revoke' }) },
    ),
  }),
  { maxLength: 25 },
);

/** Runs a history and hands every revision, with the one before it and its moment, to the check. */
function replay(
  history: readonly { after: number; step: Step }[],
  check: (key: KeyItem, before: KeyItem | undefined, at: number, step: Step | undefined) => void,
): void {
  let at = start;
  let key = freshKey(at, { withHandover: true });
  check(key, undefined, at, undefined);
  for (const { after, step } of history) {
    if (key.revokedAt !== undefined) return;
    at += after;
    const before = key;
    key = stepped(before, step, at);
    check(key, before, at, step);
  }
}

function stepped(key: KeyItem, step: Step, at: number): KeyItem {
  switch (step.kind) {
    case 'rotate':
      return rotate(key, at, step.graceHours, step.withHandover).key;
    case 'revoke':
      return revoked(key, change('revoke-key', at));
    case 'notice': {
      const noticed = { ...key, noticedFor: key.rotateAt, revision: key.revision + 1 };
      return withTimer({ ...noticed, change: change('notice', at) }, policy);
    }
  }
}

const versionsOf = (key: KeyItem) => [...key.secrets, ...key.retired].map(({ version }) => version);

describe('whatever rotations, revocations and waits a key goes through', () => {
  it('never more than two secrets are kept as live, and the newest is one of them until the key is revoked', () => {
    fc.assert(
      fc.property(steps, (history) => {
        replay(history, (key, _before, at) => {
          expect(key.secrets.length).toBeLessThanOrEqual(2);
          const live = key.secrets.filter((secret) => isLive(secret, new Date(at)));
          if (key.revokedAt !== undefined) return expect(key.secrets).toEqual([]);
          const newest = Math.max(...versionsOf(key));
          expect(
            live.filter(({ retiresAt }) => retiresAt === undefined).map(({ version }) => version),
          ).toEqual([newest]);
        });
      }),
    );
  });

  it('a secret’s end only moves earlier, and what has retired stays so', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const ends = new Map<number, number>();
        replay(history, (key, _before, at) => {
          const seen = new Map<number, number>();
          for (const { version, retiresAt } of key.secrets)
            seen.set(version, retiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(retiresAt));
          for (const { version, retiredAt } of key.retired) {
            expect(seen.has(version)).toBe(false);
            seen.set(version, Date.parse(retiredAt));
            expect(Date.parse(retiredAt)).toBeLessThanOrEqual(at);
          }
          for (const [version, end] of seen) {
            expect(end).toBeLessThanOrEqual(ends.get(version) ?? Number.POSITIVE_INFINITY);
            ends.set(version, end);
          }
        });
      }),
    );
  });

  it('a rotation ends the secret that it replaces after the grace and no later, and all older ones at once', () => {
    fc.assert(
      fc.property(steps, (history) => {
        replay(history, (key, before, at, step) => {
          if (step?.kind !== 'rotate' || before === undefined) return;
          const replaced = Math.max(...before.secrets.map(({ version }) => version));
          const end = Math.floor(at + step.graceHours * hour);
          const kept = key.secrets.filter(({ version }) => version <= replaced);
          if (end <= at) expect(kept).toEqual([]);
          else expect(kept).toMatchObject([{ version: replaced, retiresAt: iso(end) }]);
        });
      }),
    );
  });

  it('versions are unique and strictly rise by one with each rotation', () => {
    fc.assert(
      fc.property(steps, (history) => {
        replay(history, (key, before, _at, step) => {
          const versions = versionsOf(key);
          expect(new Set(versions).size).toBe(versions.length);
          const highest = Math.max(...versions);
          const earlier = before === undefined ? 0 : Math.max(...versionsOf(before));
          expect(highest).toBe(before === undefined || step?.kind === 'rotate' ? earlier + 1 : earlier);
        });
      }),
    );
  });

  it('the revision rises by one with each change', () => {
    fc.assert(
      fc.property(steps, (history) => {
        replay(history, (key, before, at) => {
          expect(key.revision).toBe((before?.revision ?? 0) + 1);
          expect(key.change.at).toBe(iso(at));
        });
      }),
    );
  });

  it('the last four retired secrets are known, newest first, with the hash that they always had', () => {
    fc.assert(
      fc.property(steps, (history) => {
        replay(history, (key) => {
          const retired = key.retired.map(({ version }) => version);
          const newest = Math.max(...versionsOf(key));
          const expected = Array.from({ length: newest }, (_, index) => newest - index).filter(
            (version) => !key.secrets.some((secret) => secret.version === version),
          );
          expect(retired).toEqual(expected.slice(0, 4));
          for (const { version, hash } of [...key.secrets, ...key.retired])
            expect(hash).toBe(hashOf(version));
        });
      }),
    );
  });

  it('the timer is the earliest thing that is due, and the 90 days begin anew with each rotation', () => {
    fc.assert(
      fc.property(steps, (history) => {
        replay(history, (key, before, at, step) => {
          if (key.revokedAt !== undefined) return;
          const rotates =
            before === undefined || step?.kind === 'rotate' ? iso(at + 90 * day) : before.rotateAt;
          expect(key.rotateAt).toBe(rotates);
          const due: Record<string, number> = {
            [key.noticedFor === key.rotateAt ? 'rotate' : 'notice']:
              Date.parse(key.rotateAt) - (key.noticedFor === key.rotateAt ? 0 : 7 * day),
          };
          const ends = key.secrets.flatMap(({ retiresAt }) =>
            retiresAt === undefined ? [] : [Date.parse(retiresAt)],
          );
          if (ends.length > 0) due['retire'] = Math.min(...ends);
          if (key.handover !== undefined) due['expire-handover'] = Date.parse(key.handover.expiresAt);
          const earliest = Math.min(...Object.values(due));
          expect(Date.parse(key.nextActionAt ?? '')).toBe(earliest);
          expect(due[key.nextAction ?? '']).toBe(earliest);
          expect(key.dueShard).toBe(freshKey().dueShard);
        });
      }),
    );
  });

  it('a handover is the newest version’s or none', () => {
    fc.assert(
      fc.property(steps, (history) => {
        replay(history, (key, _before, _at, step) => {
          if (step?.kind === 'rotate') expect(key.handover !== undefined).toBe(step.withHandover);
          if (key.handover !== undefined) expect(key.handover.version).toBe(Math.max(...versionsOf(key)));
        });
      }),
    );
  });

  it('a revoked key has neither secret, handover nor timer left, and says revoked', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 200 * day }), (history, wait) => {
        let last = freshKey();
        let now = start;
        replay(
          history.filter(({ step }) => step.kind !== 'revoke'),
          (key, _before, at) => {
            last = key;
            now = at;
          },
        );
        const key = revoked(last, change('revoke-key', now + wait));
        expect(key.secrets).toEqual([]);
        for (const gone of ['handover', 'nextAction', 'nextActionAt', 'dueShard', 'noticedFor'])
          expect(key).not.toHaveProperty(gone);
        expect(nextTimer(key, policy)).toBeUndefined();
        expect(withTimer(key, policy)).toEqual(key);
        expect(key.revokedAt).toBe(iso(now + wait));
        expect(statusOf({ ...key, suspensions: { admin: { at: iso(now), by: 'x' } } })).toBe('revoked');
      }),
    );
  });

  it('the view holds no hash and no ciphertext, tells live from retired by the clock, and hides an expired handover', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 200 * hour }), (history, wait) => {
        replay(history, (key, _before, at) => {
          const now = new Date(at + wait);
          const view = keyView(key, now);
          expect(JSON.stringify(view)).not.toMatch(/hash|ciphertext/);
          const live = key.secrets.filter((secret) => isLive(secret, now)).map(({ version }) => version);
          expect(view.versions.map(({ version }) => version)).toEqual(live);
          const known = [...view.versions, ...view.retiredVersions].map(({ version }) => version);
          expect(known.toSorted((a, b) => a - b)).toEqual(versionsOf(key).toSorted((a, b) => a - b));
          for (const { retiredAt } of view.retiredVersions)
            expect(Date.parse(retiredAt)).toBeLessThanOrEqual(now.getTime());
          const open = key.handover !== undefined && Date.parse(key.handover.expiresAt) > now.getTime();
          expect(view.handover !== undefined).toBe(open);
        });
      }),
    );
  });
});

describe('at the boundary', () => {
  it('a secret lives until the moment it retires, and that moment is too late', () => {
    const { key } = rotate(freshKey(), start, 24);
    const [old] = key.secrets;
    expect(old).toMatchObject({ version: 1, retiresAt: iso(start + day) });
    expect(isLive(old ?? {}, new Date(start + day - 1))).toBe(true);
    expect(isLive(old ?? {}, new Date(start + day))).toBe(false);
  });

  it('a rotation of a secret whose end is set already does not move that end later', () => {
    const fresh = freshKey();
    const ending: KeyItem = {
      ...fresh,
      secrets: fresh.secrets.map((secret) => ({ ...secret, retiresAt: iso(start + hour) })),
    };
    const { key, oldRetiresAt } = rotate(ending, start, 168);
    expect(oldRetiresAt).toBe(iso(start + hour));
    expect(key.secrets[0]).toMatchObject({ version: 1, retiresAt: iso(start + hour) });
  });

  it('grace 0 ends every old secret at the moment of the change', () => {
    const during = rotate(freshKey(), start, 168).key;
    const { key, oldRetiresAt } = rotate(during, start + hour, 0);
    expect(oldRetiresAt).toBe(iso(start + hour));
    expect(key.secrets.map(({ version }) => version)).toEqual([3]);
    expect(key.retired).toMatchObject([
      { version: 2, retiredAt: iso(start + hour) },
      { version: 1, retiredAt: iso(start + hour) },
    ]);
  });

  it('a secret that retired by its grace before a late rotation keeps its own end', () => {
    const { key } = rotate(rotate(freshKey(), start, 1).key, start + 10 * day, 1);
    expect(key.retired).toMatchObject([{ version: 1, retiredAt: iso(start + hour) }]);
  });

  it('once the notice has gone out for this due date, the rotation is what is due', () => {
    const key = freshKey();
    expect(nextTimer(key, policy)).toEqual({ action: 'notice', at: iso(start + 83 * day) });
    expect(nextTimer({ ...key, noticedFor: key.rotateAt }, policy)).toEqual({
      action: 'rotate',
      at: key.rotateAt,
    });
    expect(nextTimer({ ...key, noticedFor: iso(start) }, policy)).toMatchObject({ action: 'notice' });
  });
});
