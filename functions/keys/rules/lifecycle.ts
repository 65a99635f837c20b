import type { Change } from '../../runtime/rules/change.ts';
import type { Handover, KeyItem, RetiredSecret, SecretVersion, SuspensionCause } from './key-item.ts';
import type { RotationPolicy } from './rotation-policy.ts';
import { withTimer } from './timer.ts';

const day = 86_400_000;
const retiredKept = 4;

export interface NewKey {
  readonly keyId: string;
  readonly subscriptionId: string;
  readonly name: string;
  readonly prefix: string;
  readonly tier: string;
  readonly usageKey: string;
  readonly secret: Pick<SecretVersion, 'hash' | 'pepper'>;
  readonly handover?: Handover;
}

/** A key's first revision. */
export function newKey(key: NewKey, change: Change, policy: RotationPolicy): KeyItem {
  const { secret, handover, ...identity } = key;
  return withTimer(
    {
      ...identity,
      createdAt: change.at,
      suspensions: {},
      secrets: [{ version: 1, ...secret, createdAt: change.at }],
      retired: [],
      rotateAt: later(change.at, policy.intervalDays * day),
      ...(handover === undefined ? {} : { handover }),
      revision: 1,
      change,
    },
    policy,
  );
}

/** A secret is live until the moment it retires; the moment itself is too late. */
export function isLive(secret: Pick<SecretVersion, 'retiresAt'>, now: Date): boolean {
  return secret.retiresAt === undefined || Date.parse(secret.retiresAt) > now.getTime();
}

export function isSuspended(key: Pick<KeyItem, 'suspensions'>): boolean {
  return Object.keys(key.suspensions).length > 0;
}

/** The version that a rotation would add. */
export function nextVersion(key: KeyItem): number {
  return Math.max(0, ...[...key.secrets, ...key.retired].map((secret) => secret.version)) + 1;
}

/**
 * Adds a secret version and retires the newest of the old ones after the grace period; the 90 days begin anew.
 * Invariants: at most two secrets are live afterwards; no old secret lives longer than it would have without the
 * rotation (`retiresAt` only moves earlier); a grace of 0 ends all old secrets at `change.at`.
 * @param key neither revoked nor suspended: the caller has refused those
 * @param graceHours 0..168
 */
export function rotated(
  key: KeyItem,
  added: { hash: string; pepper: string; handover?: Handover },
  graceHours: number,
  change: Change,
  policy: RotationPolicy,
): { key: KeyItem; version: number; oldRetiresAt: string } {
  const now = new Date(change.at);
  const version = nextVersion(key);
  // Only the newest may stay: two live secrets are the new one and the one it replaces.
  const newest = key.secrets
    .filter((secret) => isLive(secret, now))
    .toSorted((a, b) => b.version - a.version)[0];
  const oldRetiresAt = earliest(later(change.at, graceHours * 3_600_000), newest?.retiresAt);
  const kept = newest !== undefined && Date.parse(oldRetiresAt) > now.getTime();
  const { handover: _replaced, noticedFor: _noticed, ...rest } = key;
  const gone = key.secrets.filter((secret) => !kept || secret !== newest);
  return {
    version,
    oldRetiresAt,
    key: withTimer(
      {
        ...rest,
        secrets: [
          ...(kept ? [{ ...newest, retiresAt: oldRetiresAt }] : []),
          { version, hash: added.hash, pepper: added.pepper, createdAt: change.at },
        ],
        retired: withRetired(key.retired, gone, change.at),
        rotateAt: later(change.at, policy.intervalDays * day),
        ...(added.handover === undefined ? {} : { handover: added.handover }),
        revision: key.revision + 1,
        change,
      },
      policy,
    ),
  };
}

/**
 * Suspends a key for one cause. Other causes are left as they are, so that lifting one never lifts another.
 * @returns undefined where it is suspended for that cause already
 */
export function suspended(key: KeyItem, cause: SuspensionCause, change: Change): KeyItem | undefined {
  if (key.suspensions[cause] !== undefined) return undefined;
  const { at, actor, reason } = change;
  const suspension = { at, by: actor.id, ...(reason === undefined ? {} : { reason }) };
  const suspensions = { ...key.suspensions, [cause]: suspension };
  return { ...key, suspensions, revision: key.revision + 1, change };
}

/**
 * Lifts one cause of suspension, and no other.
 * @returns undefined where the key is not suspended for that cause
 */
export function resumed(key: KeyItem, cause: SuspensionCause, change: Change): KeyItem | undefined {
  const { [cause]: lifted, ...suspensions } = key.suspensions;
  if (lifted === undefined) return undefined;
  return { ...key, suspensions, revision: key.revision + 1, change };
}

/** Moves a key to another tier, whose usage key meters it from now on. */
export function withTier(key: KeyItem, tier: string, usageKey: string, change: Change): KeyItem {
  return { ...key, tier, usageKey, revision: key.revision + 1, change };
}

/** Ends a key for good: no secret, no handover, no timer is left. */
export function revoked(key: KeyItem, change: Change): KeyItem {
  const { handover: _h, nextAction: _a, nextActionAt: _at, dueShard: _s, noticedFor: _n, ...rest } = key;
  return {
    ...rest,
    secrets: [],
    retired: withRetired(key.retired, key.secrets, change.at),
    revokedAt: change.at,
    revision: key.revision + 1,
    change,
  };
}

function withRetired(
  retired: readonly RetiredSecret[],
  gone: readonly SecretVersion[],
  at: string,
): RetiredSecret[] {
  const added = gone.map(({ version, hash, pepper, retiresAt }) => ({
    version,
    hash,
    pepper,
    retiredAt: earliest(at, retiresAt),
  }));
  return [...added, ...retired].toSorted((a, b) => b.version - a.version).slice(0, retiredKept);
}

function later(iso: string, milliseconds: number): string {
  return new Date(Date.parse(iso) + milliseconds).toISOString();
}

function earliest(a: string, b: string | undefined): string {
  return b !== undefined && Date.parse(b) < Date.parse(a) ? b : a;
}
