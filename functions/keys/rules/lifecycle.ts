import type { Change } from '../../runtime/rules/change.ts';
import { isKnown } from './handover.ts';
import type { Handover, KeyItem, RetiredSecret, SecretVersion, SuspensionCause } from './key-item.ts';
import type { RotationPolicy } from './rotation-policy.ts';
import { day, earliest, hour, isPast, later } from './time.ts';
import { type TimerPolicy, withTimer } from './timer.ts';

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
 * rotation (`retiresAt` only moves earlier); a grace of 0 ends all old secrets at `change.at`; a version that nobody
 * ever got (its handover was not used) is replaced, and never kept in place of one that is in use.
 * @param key not revoked; whether a suspended one may be rotated is for the caller to say
 * @param graceHours 0..168
 * @param compromised a version that ends at once, whatever the grace
 */
export function rotated(
  key: KeyItem,
  added: { hash: string; pepper: string; handover?: Handover },
  { graceHours, compromised }: { graceHours: number; compromised?: number },
  change: Change,
  policy: RotationPolicy,
): { key: KeyItem; version: number; oldRetiresAt: string } {
  const now = new Date(change.at);
  const version = nextVersion(key);
  // Only the newest in use may stay: two live secrets are the new one and the one it replaces.
  const newest = key.secrets
    .filter((secret) => isLive(secret, now) && isKnown(key, secret.version) && secret.version !== compromised)
    .toSorted((a, b) => b.version - a.version)[0];
  const oldRetiresAt =
    newest === undefined ? change.at : earliest(later(change.at, graceHours * hour), newest.retiresAt);
  const kept = newest !== undefined && Date.parse(oldRetiresAt) > now.getTime();
  const { handover: _replaced, noticedFor: _noticed, remindedFor: _reminded, ...rest } = key;
  const gone = key.secrets.filter((secret) => !kept || secret !== newest);
  return {
    version,
    oldRetiresAt,
    key: withTimer(
      {
        ...rest,
        secrets: [
          ...(kept ? [{ ...newest, ...openedByLink(key, newest), retiresAt: oldRetiresAt }] : []),
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

function openedByLink(
  { handover }: KeyItem,
  { version }: SecretVersion,
): Pick<SecretVersion, 'openedByLink'> {
  const wasShown = handover?.version === version && handover.openedAt !== undefined;
  return wasShown ? { openedByLink: handover.linkNo } : {};
}

/** One version ends now, whatever its grace: somebody has it who must not. The others stay as they are. */
export function withoutVersion(key: KeyItem, version: number, change: Change, policy: TimerPolicy): KeyItem {
  const gone = key.secrets.filter((secret) => secret.version === version);
  return withTimer(
    {
      ...key,
      secrets: key.secrets.filter((secret) => secret.version !== version),
      retired: withRetired(key.retired, gone, change.at),
      revision: key.revision + 1,
      change,
    },
    policy,
  );
}

/**
 * The owner is told of the rotation (R16). Told late (after a suspension, or a time without sweeps), the rotation waits,
 * so that nobody has less than the promised days, give or take one.
 * Invariant: one notice for each due date.
 */
export function noticed(key: KeyItem, change: Change, policy: RotationPolicy): KeyItem {
  const promised = later(change.at, policy.noticeDays * day);
  const isLate = Date.parse(promised) - Date.parse(key.rotateAt) > day;
  const rotateAt = isLate ? promised : key.rotateAt;
  return withTimer({ ...key, rotateAt, noticedFor: rotateAt, revision: key.revision + 1, change }, policy);
}

/** The owner is reminded of an old secret's end. Invariant: once for each end. */
export function reminded(key: KeyItem, change: Change, policy: TimerPolicy): KeyItem {
  const retiresAt = key.secrets.find((secret) => secret.retiresAt !== undefined)?.retiresAt;
  return withTimer(
    {
      ...key,
      ...(retiresAt === undefined ? {} : { remindedFor: retiresAt }),
      revision: key.revision + 1,
      change,
    },
    policy,
  );
}

/** Puts secrets whose time is over among the retired ones; the authorizer has refused them since that moment. */
export function retired(key: KeyItem, change: Change, policy: TimerPolicy): KeyItem {
  const now = new Date(change.at);
  const [live, gone] = [true, false].map((wanted) =>
    key.secrets.filter((secret) => isLive(secret, now) === wanted),
  ) as [SecretVersion[], SecretVersion[]];
  return withTimer(
    {
      ...key,
      secrets: live,
      retired: withRetired(key.retired, gone, change.at),
      revision: key.revision + 1,
      change,
    },
    policy,
  );
}

/** The next revision with other fields, and the timer that follows from them. */
export function changed(
  key: KeyItem,
  fields: Partial<Pick<KeyItem, 'handover' | 'outbox'>>,
  change: Change,
  policy: TimerPolicy,
): KeyItem {
  return withTimer({ ...key, ...fields, revision: key.revision + 1, change }, policy);
}

/**
 * Suspends a key for one cause. Other causes are left as they are, so that lifting one never lifts another.
 * @returns undefined where it is suspended for that cause already
 */
export function suspended(
  key: KeyItem,
  cause: SuspensionCause,
  change: Change,
  policy: TimerPolicy,
): KeyItem | undefined {
  if (key.suspensions[cause] !== undefined) return undefined;
  const { at, actor, reason } = change;
  const suspension = { at, by: actor.id, ...(reason === undefined ? {} : { reason }) };
  const suspensions = { ...key.suspensions, [cause]: suspension };
  return withTimer({ ...key, suspensions, revision: key.revision + 1, change }, policy);
}

/**
 * Lifts the given causes of suspension, and no other. A key that fell due meanwhile is noticed first, even for the second time.
 * @returns undefined where the key is suspended for none of them
 */
export function resumed(
  key: KeyItem,
  causes: SuspensionCause | readonly SuspensionCause[],
  change: Change,
  policy: TimerPolicy,
): KeyItem | undefined {
  const suspensions = suspensionsWithout(key, [causes].flat());
  if (Object.keys(suspensions).length === Object.keys(key.suspensions).length) return undefined;
  const { noticedFor, ...rest } = key;
  const isForgotten = noticedFor === undefined || isPast(key.rotateAt, new Date(change.at));
  return withTimer(
    { ...(isForgotten ? rest : key), suspensions, revision: key.revision + 1, change },
    policy,
  );
}

/** What a key is suspended for but for some causes. */
export function suspensionsWithout(
  { suspensions }: Pick<KeyItem, 'suspensions'>,
  causes: readonly SuspensionCause[],
): KeyItem['suspensions'] {
  return Object.fromEntries(
    Object.entries(suspensions).filter(([cause]) => !causes.includes(cause as SuspensionCause)),
  );
}

/**
 * As the payments and the tier of its subscription want it: in the same tier, and suspended with cause `payment` for as long
 * as a payment that was taken back is not made up for. Other causes are left as they are.
 * @returns undefined where nothing differs
 */
export function following(
  key: KeyItem,
  { tier, usageKey, isReversed }: { tier: string; usageKey: string; isReversed: boolean },
  change: Change,
  policy: TimerPolicy,
): KeyItem | undefined {
  const decided = (isReversed ? suspended : resumed)(key, 'payment', change, policy);
  const isMoved = key.tier !== tier || key.usageKey !== usageKey;
  if (decided === undefined && !isMoved) return undefined;
  return { ...(decided ?? { ...key, revision: key.revision + 1, change }), tier, usageKey };
}

/** Ends a key for good: no secret, no handover, no timer, nothing more to tell. */
export function revoked(key: KeyItem, change: Change): KeyItem {
  const {
    handover: _handover,
    outbox: _outbox,
    nextAction: _action,
    nextActionAt: _at,
    dueShard: _shard,
    noticedFor: _noticed,
    remindedFor: _reminded,
    ...rest
  } = key;
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
