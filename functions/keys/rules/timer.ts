import { claimWindow } from './handover.ts';
import type { KeyItem, TimerAction } from './key-item.ts';
import type { RotationPolicy } from './rotation-policy.ts';
import { day, hour, later } from './time.ts';

/** Partitions of the sparse index of what is due. */
export const dueShards = 16;

export type TimerPolicy = Pick<RotationPolicy, 'noticeDays' | 'reminderHours'>;

interface Timer {
  readonly action: TimerAction;
  readonly at: string;
}

/** Sets the item's one timer to the earliest thing that is due. */
export function withTimer(key: KeyItem, policy: TimerPolicy): KeyItem {
  const { nextAction: _action, nextActionAt: _at, dueShard: _shard, ...rest } = key;
  const next = nextTimer(rest, policy);
  return next === undefined
    ? rest
    : { ...rest, nextAction: next.action, nextActionAt: next.at, dueShard: shardOf(key.keyId) };
}

/** The earliest due action of a key and its time, or undefined where nothing will ever be due. */
export function nextTimer(key: KeyItem, policy: TimerPolicy): Timer | undefined {
  const due =
    key.revokedAt === undefined
      ? [...ofRotation(key, policy), ...ofOldSecrets(key, policy), ...ofHandover(key), ...ofOutbox(key)]
      : ofOutbox(key);
  return due.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
}

/** A suspended key is neither noticed nor rotated; what ends must end all the same. */
function ofRotation(key: KeyItem, policy: TimerPolicy): Timer[] {
  if (Object.keys(key.suspensions).length > 0) return [];
  return key.noticedFor === key.rotateAt
    ? [{ action: 'rotate', at: key.rotateAt }]
    : [{ action: 'notice', at: later(key.rotateAt, -policy.noticeDays * day) }];
}

function ofOldSecrets(key: KeyItem, policy: TimerPolicy): Timer[] {
  return key.secrets.flatMap(({ retiresAt }): Timer[] => {
    if (retiresAt === undefined) return [];
    const remindAt = later(retiresAt, -policy.reminderHours * hour);
    // Where the rotation is that young itself, its own mail has just told the same.
    const isWorthwhile = key.remindedFor !== retiresAt && remindAt > newestOf(key);
    return [
      { action: 'retire', at: retiresAt },
      ...(isWorthwhile ? [{ action: 'remind' as const, at: remindAt }] : []),
    ];
  });
}

/** What is still to be told is told of a revoked key, too: that mails to its owner come back, say. */
function ofOutbox({ outbox = [] }: KeyItem): Timer[] {
  return outbox.flatMap(({ retryAt }): Timer[] =>
    retryAt === undefined ? [] : [{ action: 'redeliver', at: retryAt }],
  );
}

function ofHandover({ handover }: KeyItem): Timer[] {
  const retryAt = handover?.delivery?.retryAt;
  return [
    ...(retryAt === undefined ? [] : [{ action: 'redeliver' as const, at: retryAt }]),
    ...(handover?.ciphertext === undefined
      ? []
      : [{ action: 'expire-handover' as const, at: claimWindow(handover) }]),
  ];
}

/** When the newest secret was made. */
function newestOf({ secrets }: KeyItem): string {
  return (
    secrets
      .map(({ createdAt }) => createdAt)
      .toSorted()
      .at(-1) ?? ''
  );
}

/** Spreads keys over the index's partitions by their id, which is random. */
function shardOf(keyId: string): number {
  let sum = 0;
  for (const character of keyId) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % dueShards;
}
