import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  handoverOpened,
  handoverSent,
  newHandover,
  repeatOnlyHandover,
} from '../../functions/keys/rules/handover.ts';
import type { Handover, KeyItem } from '../../functions/keys/rules/key-item.ts';
import { keyView, statusOf } from '../../functions/keys/rules/key-view.ts';
import {
  changed,
  isLive,
  isSuspended,
  newKey,
  nextVersion,
  noticed,
  reminded,
  resumed,
  retired,
  revoked,
  rotated,
  suspended,
} from '../../functions/keys/rules/lifecycle.ts';
import { nextTimer, withTimer } from '../../functions/keys/rules/timer.ts';

const policy = {
  intervalDays: 90,
  noticeDays: 7,
  reminderHours: 6,
  graceHours: { free: 72, pro: 72, enterprise: 72 },
};
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

/**
 * How a new secret leaves: in the answer alone, in one that may be asked for again, by mail alone as after the sweep, or
 * both in the answer and by mail.
 */
type Way = 'answer' | 'repeatable answer' | 'mail' | 'answer and mail';
const ways: readonly Way[] = ['answer', 'repeatable answer', 'mail', 'answer and mail'];

function handoverOf(
  way: Way,
  version: number,
  at: number,
  { graceHours = 0, revision = 1 } = {},
): { handover?: Handover } {
  const sealed = { version, ciphertext: ciphertextOf(version) };
  if (way === 'answer') return {};
  if (way === 'repeatable answer') {
    return { handover: repeatOnlyHandover({ ...sealed, repeatableUntil: iso(at + 600_000) }) };
  }
  const origin = { cause: 'admin' as const, at: iso(at) };
  const answered = way === 'answer and mail';
  return { handover: newHandover({ ...sealed, answered }, origin, graceHours, revision) };
}

function freshKey(at = start, way: Way = 'answer'): KeyItem {
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
      ...handoverOf(way, 1, at),
    },
    change('generate-key', at),
    policy,
  );
}

function rotate(
  key: KeyItem,
  at: number,
  graceHours: number,
  { way = 'answer', compromised }: { way?: Way; compromised?: number } = {},
) {
  const version = nextVersion(key);
  const handover = handoverOf(way, version, at, { graceHours, revision: key.revision + 1 });
  return rotated(
    key,
    { hash: hashOf(version), pepper: 'v2', ...handover },
    { graceHours, ...(compromised === undefined ? {} : { compromised }) },
    change('rotate-key', at),
    policy,
  );
}

/** The mail has left. */
function sent(key: KeyItem, at: number, channel: 'link' | 'pgp' = 'link'): KeyItem {
  const act = change('send-handover', at);
  const { handover } = key;
  if (handover === undefined) throw new Error('there is nothing to send');
  return changed(key, { handover: handoverSent(handover, { channel, messageId: 'x' }, act) }, act, policy);
}

/** The owner has used the link. */
function opened(key: KeyItem, at: number): KeyItem {
  const act = change('open-claim', at);
  const { handover } = key;
  if (handover === undefined) throw new Error('there is nothing to open');
  return changed(key, { handover: handoverOpened(handover, 'a nonce', act) }, act, policy);
}

type Step =
  | { readonly kind: 'rotate'; readonly graceHours: number; readonly way: Way }
  | { readonly kind: 'notice' | 'remind' | 'retire' | 'open' | 'suspend' | 'resume' | 'revoke' }
  | { readonly kind: 'send'; readonly channel: 'link' | 'pgp' };

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
          way: fc.constantFrom(...ways),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('send' as const),
          channel: fc.constantFrom('link' as const, 'pgp' as const),
        }),
      },
      {
        weight: 10,
        arbitrary: fc.record({
          kind: fc.constantFrom(
            'notice' as const,
            'remind' as const,
            'retire' as const,
            'open' as const,
            'suspend' as const,
            'resume' as const,
          ),
        }),
      },
      { weight: 1, arbitrary: fc.constant<Step>({ kind: 'revoke' }) },
    ),
  }),
  { maxLength: 25 },
);

/**
 * Runs a history and hands every revision, with the one before it, its moment and the versions that somebody had before
 * it, to the check.
 */
function replay(
  history: readonly { after: number; step: Step }[],
  check: (
    key: KeyItem,
    before: KeyItem | undefined,
    at: number,
    step: Step | undefined,
    had: ReadonlySet<number>,
  ) => void,
): void {
  let at = start;
  let key = freshKey(at, 'answer and mail');
  const had = new Set([1]);
  check(key, undefined, at, undefined, new Set());
  for (const { after, step } of history) {
    if (key.revokedAt !== undefined) return;
    at += after;
    const before = key;
    const next = stepped(before, step, at);
    if (next === undefined) continue;
    key = next;
    check(key, before, at, step, had);
    const newest = Math.max(...versionsOf(key));
    const reaches = step.kind === 'rotate' ? step.way !== 'mail' : step.kind === 'open' || isByPgp(step);
    if (reaches) had.add(newest);
  }
}

const isByPgp = (step: Step) => step.kind === 'send' && step.channel === 'pgp';

/** @returns undefined where the product would not take the step */
function stepped(key: KeyItem, step: Step, at: number): KeyItem | undefined {
  const { handover } = key;
  switch (step.kind) {
    case 'rotate':
      return isSuspended(key) ? undefined : rotate(key, at, step.graceHours, { way: step.way }).key;
    case 'revoke':
      return revoked(key, change('revoke-key', at));
    case 'notice':
      return noticed(key, change('notice-rotation', at), policy);
    case 'remind':
      return reminded(key, change('remind-owner', at), policy);
    case 'retire':
      return retired(key, change('retire-secret', at), policy);
    case 'suspend':
      return suspended(key, 'admin', change('suspend-key', at), policy);
    case 'resume':
      return resumed(key, 'admin', change('resume-key', at), policy);
    case 'send':
      return handover?.delivery === undefined || handover.delivery.sentAt !== undefined
        ? undefined
        : sent(key, at, step.channel);
    case 'open': {
      const canOpen = handover?.delivery !== undefined && handover.openedAt === undefined;
      return canOpen && Date.parse(handover.expiresAt) > at ? opened(key, at) : undefined;
    }
  }
}

/** All that is due some time, by the rules as they are told: an oracle of its own. */
function expectedTimers(key: KeyItem): [string, number][] {
  const due: [string, number][] = [];
  const rotates = Date.parse(key.rotateAt);
  if (!isSuspended(key))
    due.push(key.noticedFor === key.rotateAt ? ['rotate', rotates] : ['notice', rotates - 7 * day]);
  const youngest = Math.max(...key.secrets.map(({ createdAt }) => Date.parse(createdAt)));
  for (const { retiresAt } of key.secrets) {
    if (retiresAt === undefined) continue;
    const end = Date.parse(retiresAt);
    due.push(['retire', end]);
    if (key.remindedFor !== retiresAt && end - 6 * hour > youngest) due.push(['remind', end - 6 * hour]);
  }
  const { handover } = key;
  if (handover?.delivery?.retryAt !== undefined)
    due.push(['redeliver', Date.parse(handover.delivery.retryAt)]);
  if (handover?.ciphertext !== undefined) {
    const reread = handover.openedAt === undefined ? Infinity : Date.parse(handover.openedAt) + 600_000;
    due.push(['expire-handover', Math.min(Date.parse(handover.expiresAt), reread)]);
  }
  return due;
}

const versionsOf = (key: KeyItem) => [...key.secrets, ...key.retired].map(({ version }) => version);

describe('whatever rotations, deliveries, suspensions, revocations and waits a key goes through', () => {
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

  it('a rotation ends the newest secret that somebody has after the grace and no later, and all others at once', () => {
    fc.assert(
      fc.property(steps, (history) => {
        replay(history, (key, before, at, step, had) => {
          if (step?.kind !== 'rotate' || before === undefined) return;
          const [inUse] = before.secrets
            .filter((secret) => isLive(secret, new Date(at)) && had.has(secret.version))
            .toSorted((a, b) => b.version - a.version);
          const kept = key.secrets.filter(({ version }) => version < nextVersion(before));
          const end = Math.min(
            Math.floor(at + step.graceHours * hour),
            Date.parse(inUse?.retiresAt ?? '9999-12-31T00:00:00.000Z'),
          );
          if (inUse === undefined || end <= at) expect(kept).toEqual([]);
          else expect(kept).toMatchObject([{ version: inUse.version, retiresAt: iso(end) }]);
        });
      }),
    );
  });

  it('a secret that is in use is not ended by one that nobody ever got: rotating anew keeps it for the grace', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 * hour }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 48, max: 168 }),
        (waits, graceHours) => {
          let key = freshKey();
          let at = start;
          for (const wait of waits) {
            at += wait;
            key = rotate(key, at, graceHours, { way: 'mail' }).key;
            const first = iso(start + (waits[0] ?? 0) + graceHours * hour);
            expect(key.secrets[0]).toMatchObject({ version: 1, retiresAt: first });
            expect(key.secrets).toHaveLength(2);
          }
        },
      ),
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
          // A late notice puts the rotation off.
          if (step?.kind === 'notice') expect([rotates, iso(at + 7 * day)]).toContain(key.rotateAt);
          else expect(key.rotateAt).toBe(rotates);
          const due = expectedTimers(key);
          const earliest = Math.min(...due.map(([, time]) => time));
          if (due.length === 0) {
            for (const gone of ['nextAction', 'nextActionAt', 'dueShard'])
              expect(key).not.toHaveProperty(gone);
            return;
          }
          expect(Date.parse(key.nextActionAt ?? '')).toBe(earliest);
          expect(due).toContainEqual([key.nextAction, earliest]);
          expect(key.dueShard).toBe(freshKey().dueShard);
        });
      }),
    );
  });

  it('a suspended key is neither noticed nor rotated by the clock, and what ends goes on ending', () => {
    fc.assert(
      fc.property(steps, (history) => {
        replay(history, (key) => {
          if (key.revokedAt !== undefined || !isSuspended(key)) return;
          expect(['notice', 'rotate']).not.toContain(nextTimer(key, policy)?.action);
          for (const { retiresAt } of key.secrets)
            if (retiresAt !== undefined)
              expect(Date.parse(key.nextActionAt ?? '')).toBeLessThanOrEqual(Date.parse(retiresAt));
        });
      }),
    );
  });

  it('nobody’s secret is rotated by the clock less than six days after the notice of it', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const noticedAt = new Map<string, number>();
        replay(history, (key, _before, at, step) => {
          if (step?.kind === 'notice') noticedAt.set(key.rotateAt, noticedAt.get(key.rotateAt) ?? at);
          const next = nextTimer(key, policy);
          if (next?.action !== 'rotate') return;
          const told = noticedAt.get(next.at);
          expect(told).toBeDefined();
          expect(Date.parse(next.at) - (told ?? 0)).toBeGreaterThanOrEqual(6 * day);
        });
      }),
    );
  });

  it('a handover is the newest version’s or none', () => {
    fc.assert(
      fc.property(steps, (history) => {
        replay(history, (key, _before, _at, step) => {
          if (step?.kind === 'rotate') expect(key.handover !== undefined).toBe(step.way !== 'answer');
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
        const all = [
          'handover',
          'outbox',
          'nextAction',
          'nextActionAt',
          'dueShard',
          'noticedFor',
          'remindedFor',
        ];
        for (const gone of all) expect(key).not.toHaveProperty(gone);
        expect(nextTimer(key, policy)).toBeUndefined();
        expect(withTimer(key, policy)).toEqual(key);
        expect(key.revokedAt).toBe(iso(now + wait));
        expect(statusOf({ ...key, suspensions: { admin: { at: iso(now), by: 'x' } } })).toBe('revoked');
      }),
    );
  });

  it('the view holds no hash and no ciphertext, tells live from retired by the clock, and for how long a handover waits', () => {
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
          const { handover } = key;
          const end = Math.min(
            Date.parse(handover?.expiresAt ?? iso(0)),
            handover?.openedAt === undefined ? Infinity : Date.parse(handover.openedAt) + 600_000,
          );
          const waits = handover?.ciphertext !== undefined && end > now.getTime();
          expect(view.handover?.expiresAt).toBe(waits ? iso(end) : undefined);
          // What became of a mail is told for as long as its secret is the newest.
          expect(view.handover !== undefined).toBe(waits || handover?.delivery !== undefined);
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

describe('a notice', () => {
  it('is given once for each due date, and then the rotation is what is due, at any time it is given', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * day }), (wait) => {
        const key = freshKey();
        const told = noticed(key, change('notice-rotation', start + wait), policy);
        expect(told.noticedFor).toBe(told.rotateAt);
        expect(nextTimer(told, policy)).toEqual({ action: 'rotate', at: told.rotateAt });
        expect(Date.parse(told.rotateAt)).toBeGreaterThanOrEqual(Date.parse(key.rotateAt));
        // The next secret has a due date of its own.
        const { key: next } = rotate(told, Date.parse(told.rotateAt), 72);
        expect(next.noticedFor).toBeUndefined();
      }),
    );
  });

  it.each([
    ['on time', 83 * day, 90 * day],
    ['a day late', 84 * day, 90 * day],
    ['more than a day late', 84 * day + 1, 91 * day + 1],
    ['after the due date', 100 * day, 107 * day],
  ])('%s leaves the owner the promised seven days, give or take one', (_, wait, rotates) => {
    const told = noticed(freshKey(), change('notice-rotation', start + wait), policy);
    expect(told.rotateAt).toBe(iso(start + rotates));
  });
});

describe('a reminder', () => {
  it('is due six hours before an old secret ends, once, and once more for the end of the next one', () => {
    const { key } = rotate(freshKey(), start, 72);
    const due = { action: 'remind', at: iso(start + 66 * hour) };
    expect(nextTimer(key, policy)).toEqual(due);
    const told = reminded(key, change('remind-owner', start + 66 * hour), policy);
    expect(told.remindedFor).toBe(iso(start + 72 * hour));
    expect(nextTimer(told, policy)).toEqual({ action: 'retire', at: iso(start + 72 * hour) });
    const { key: next } = rotate(told, start + 70 * hour, 72);
    expect(next.remindedFor).toBeUndefined();
    expect(nextTimer(next, policy)).toEqual({ action: 'remind', at: iso(start + 136 * hour) });
  });

  it('is not given where the rotation is as young itself: its own mail has just told the same', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 12, noNaN: true }), (graceHours) => {
        const { key, oldRetiresAt } = rotate(freshKey(), start, graceHours);
        const action = Date.parse(oldRetiresAt) > start + 6 * hour ? 'remind' : 'retire';
        expect(nextTimer(key, policy)?.action).toBe(action);
      }),
      { examples: [[6], [6.001]] },
    );
  });
});

describe('retiring', () => {
  it('takes what is over and nothing else, with the end that it had, however late it is done', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 168 }),
        fc.integer({ min: 0, max: 400 * hour }),
        (graceHours, wait) => {
          const { key } = rotate(freshKey(), start, graceHours);
          const after = retired(key, change('retire-secret', start + wait), policy);
          const isOver = wait >= graceHours * hour;
          expect(after.secrets.map(({ version }) => version)).toEqual(isOver ? [2] : [1, 2]);
          expect(after.retired).toEqual(
            isOver
              ? [{ version: 1, hash: hashOf(1), pepper: 'v1', retiredAt: iso(start + graceHours * hour) }]
              : [],
          );
        },
      ),
    );
  });
});

describe('a suspension', () => {
  const suspend = (key: KeyItem, at: number) => {
    const after = suspended(key, 'admin', change('suspend-key', at), policy);
    if (after === undefined) throw new Error('it was suspended already');
    return after;
  };
  const resume = (key: KeyItem, at: number) => {
    const after = resumed(key, 'admin', change('resume-key', at), policy);
    if (after === undefined) throw new Error('it was not suspended');
    return after;
  };

  it('leaves a key without anything to end with nothing due', () => {
    const key = suspend(freshKey(), start);
    expect(nextTimer(key, policy)).toBeUndefined();
    for (const gone of ['nextAction', 'nextActionAt', 'dueShard']) expect(key).not.toHaveProperty(gone);
  });

  it('lets old secrets, mails and links go on to their ends', () => {
    const { key } = rotate(freshKey(), start, 72, { way: 'mail' });
    const during = suspend(key, start + 1);
    expect(nextTimer(during, policy)).toEqual({ action: 'redeliver', at: iso(start + hour) });
    const mailed = sent(during, start + 2);
    expect(nextTimer(mailed, policy)).toEqual({ action: 'remind', at: iso(start + 66 * hour) });
  });

  it('that ends before the due date changes neither date nor notice', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.integer({ min: 84 * day, max: 90 * day - 1 }), (isTold, wait) => {
        const fresh = freshKey();
        const key = isTold ? noticed(fresh, change('notice-rotation', start + 83 * day), policy) : fresh;
        const after = resume(suspend(key, start + 83 * day), start + wait);
        expect(after.rotateAt).toBe(key.rotateAt);
        expect(nextTimer(after, policy)).toEqual(nextTimer(key, policy));
      }),
    );
  });

  it('that ends after the due date is followed by a notice, even a second one, and by seven days', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.integer({ min: 90 * day, max: 400 * day }), (isTold, wait) => {
        const fresh = freshKey();
        const key = isTold ? noticed(fresh, change('notice-rotation', start + 83 * day), policy) : fresh;
        const after = resume(suspend(key, start + 84 * day), start + wait);
        expect(nextTimer(after, policy)).toMatchObject({ action: 'notice' });
        const told = noticed(after, change('notice-rotation', start + wait), policy);
        expect(nextTimer(told, policy)).toEqual({ action: 'rotate', at: iso(start + wait + 7 * day) });
      }),
    );
  });

  it('for one cause says nothing of the others', () => {
    const act = change('suspend-key', start);
    const both = suspended(suspend(freshKey(), start), 'payment', act, policy);
    expect(suspended(both ?? freshKey(), 'payment', act, policy)).toBeUndefined();
    const after = resume(both ?? freshKey(), start);
    expect(Object.keys(after.suspensions)).toEqual(['payment']);
    expect(nextTimer(after, policy)).toBeUndefined();
    expect(resumed(after, 'admin', act, policy)).toBeUndefined();
  });
});

describe('a rotation', () => {
  const isKept = (key: KeyItem) => key.secrets.map(({ version, retiresAt }) => [version, retiresAt]);

  it('replaces a version that nobody ever got, and leaves the one in use its end', () => {
    const { key: once } = rotate(freshKey(), start, 72, { way: 'mail' });
    const { key: twice, oldRetiresAt } = rotate(once, start + hour, 168, { way: 'mail' });
    expect(oldRetiresAt).toBe(iso(start + 72 * hour));
    expect(isKept(twice)).toEqual([
      [1, iso(start + 72 * hour)],
      [3, undefined],
    ]);
    expect(twice.retired).toMatchObject([{ version: 2, retiredAt: iso(start + hour) }]);
  });

  it('moves that end earlier where its grace is shorter', () => {
    const { key: once } = rotate(freshKey(), start, 72, { way: 'mail' });
    const { key: twice } = rotate(once, start + hour, 1, { way: 'mail' });
    expect(isKept(twice)).toEqual([
      [1, iso(start + 2 * hour)],
      [3, undefined],
    ]);
  });

  it.each([
    ['whose link was used', (key: KeyItem) => opened(sent(key, start + 1), start + 2)],
    ['that a mail itself brought', (key: KeyItem) => sent(key, start + 1, 'pgp')],
  ])('keeps a version %s for the grace, and ends the one before it', (_, reach) => {
    const { key: once } = rotate(freshKey(), start, 72, { way: 'mail' });
    const { key: twice } = rotate(reach(once), start + hour, 72, { way: 'mail' });
    expect(isKept(twice)).toEqual([
      [2, iso(start + 73 * hour)],
      [3, undefined],
    ]);
    expect(twice.retired).toMatchObject([{ version: 1, retiredAt: iso(start + hour) }]);
  });

  it('counts a version whose mail with a link has left as nobody’s until the link is used', () => {
    const { key: once } = rotate(freshKey(), start, 72, { way: 'mail' });
    const { key: twice } = rotate(sent(once, start + 1), start + hour, 72, { way: 'mail' });
    expect(isKept(twice).map(([version]) => version)).toEqual([1, 3]);
  });

  it('ends a compromised version at once, whatever the grace, and leaves the other one its end', () => {
    const used = opened(sent(rotate(freshKey(), start, 72, { way: 'mail' }).key, start), start + 1);
    const ofNewest = rotate(used, start + hour, 168, { compromised: 2 }).key;
    expect(isKept(ofNewest)).toEqual([
      [1, iso(start + 72 * hour)],
      [3, undefined],
    ]);
    expect(ofNewest.retired).toMatchObject([{ version: 2, retiredAt: iso(start + hour) }]);
    const ofOnly = rotate(freshKey(), start + hour, 168, { compromised: 1 });
    expect(isKept(ofOnly.key)).toEqual([[2, undefined]]);
  });

  it('ends a compromised version in whatever state a key is', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 168 }), (history, graceHours) => {
        replay(history, (key, _before, at) => {
          if (key.revokedAt !== undefined || isSuspended(key)) return;
          for (const { version: compromised } of key.secrets) {
            const { key: after } = rotate(key, at, graceHours, { compromised });
            expect(after.secrets.map(({ version }) => version)).not.toContain(compromised);
          }
        });
      }),
    );
  });
});
