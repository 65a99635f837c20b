import type { KeyItem, TimerAction } from './key-item.ts';
import type { RotationPolicy } from './rotation-policy.ts';

const day = 86_400_000;
const shards = 16;

/**
 * Sets the item's one timer to the earliest thing that is due: notice, rotation, retirement of an old secret, end of a
 * handover. A revoked key has none. A suspended key keeps its timer: what ends must end all the same.
 */
export function withTimer(key: KeyItem, policy: Pick<RotationPolicy, 'noticeDays'>): KeyItem {
  const { nextAction: _action, nextActionAt: _at, dueShard: _shard, ...rest } = key;
  const next = nextTimer(rest, policy);
  return next === undefined
    ? rest
    : { ...rest, nextAction: next.action, nextActionAt: next.at, dueShard: shardOf(key.keyId) };
}

/** The earliest due action of a key and its time, or undefined where nothing will ever be due. */
export function nextTimer(
  key: Pick<KeyItem, 'revokedAt' | 'rotateAt' | 'noticedFor' | 'secrets' | 'handover'>,
  policy: Pick<RotationPolicy, 'noticeDays'>,
): { action: TimerAction; at: string } | undefined {
  if (key.revokedAt !== undefined) return undefined;
  const due: { action: TimerAction; at: string }[] = [
    key.noticedFor === key.rotateAt
      ? { action: 'rotate', at: key.rotateAt }
      : { action: 'notice', at: new Date(Date.parse(key.rotateAt) - policy.noticeDays * day).toISOString() },
  ];
  for (const { retiresAt } of key.secrets) {
    if (retiresAt !== undefined) due.push({ action: 'retire', at: retiresAt });
  }
  if (key.handover !== undefined) due.push({ action: 'expire-handover', at: key.handover.expiresAt });
  return due.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
}

/** Spreads keys over the index's partitions by their id, which is random. */
function shardOf(keyId: string): number {
  let sum = 0;
  for (const character of keyId) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % shards;
}
