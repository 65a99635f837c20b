import type { AccountKey } from '../api/types.ts';

type Version = AccountKey['versions'][number];
export type SuspensionCause = keyof AccountKey['suspensions'];

/** Whether it can come back to life or is alive: not revoked. */
export const isLive = (key: Pick<AccountKey, 'status'>): boolean => key.status !== 'revoked';

export const suspensionCauses = (key: Pick<AccountKey, 'suspensions'>): readonly SuspensionCause[] =>
  Object.keys(key.suspensions) as SuspensionCause[];

/** Whether support has stopped it: then nobody else can rotate or end it. Every other cause is the owner's to end. */
export function isStoppedBySupport(key: Pick<AccountKey, 'suspensions'>): boolean {
  return key.suspensions.admin !== undefined;
}

/** Whether its owner can give it a new secret: what they may lift themselves does not hinder it. */
export function mayRotate(key: Pick<AccountKey, 'status' | 'suspensions'>): boolean {
  return isLive(key) && suspensionCauses(key).every((cause) => cause === 'owner' || cause === 'anomaly');
}

/** A secret that its owner has not yet taken, and until when it can be. */
export interface WaitingSecret {
  readonly version: number;
  readonly expiresAt: string;
}

/** A secret of a key. */
export interface SecretId {
  readonly keyId: string;
  readonly version: number;
}

/** The key as if its secret did not wait, where the owner has that secret before them: nothing shall offer it again. */
export function withInHand(key: AccountKey, inHand: readonly SecretId[]): AccountKey {
  const { handover, ...rest } = key;
  const isInHand = inHand.some((id) => id.keyId === key.keyId && id.version === handover?.version);
  return isInHand ? rest : key;
}

/** A secret without a mail can be asked for again by the request that made it, for ten minutes, and by nobody else. */
const repeatOnly = 11 * 60_000;

/** The secret that `claim` would show; undefined where none waits. */
export function waitingSecret(key: AccountKey, now: number): WaitingSecret | undefined {
  const { handover } = key;
  if (handover?.expiresAt === undefined || handover.openedAt !== undefined || key.status === 'revoked') {
    return undefined;
  }
  const { version, expiresAt, sentAt } = handover;
  if (Date.parse(expiresAt) <= now) return undefined;
  const madeAt = key.versions.find((each) => each.version === version)?.createdAt;
  const lifetime =
    madeAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt) - Date.parse(madeAt);
  return sentAt === undefined && lifetime < repeatOnly ? undefined : { version, expiresAt };
}

/** Whether the newest secret was never taken and can be taken no more: only a rotation gives another. */
export function isSecretLost(key: AccountKey): boolean {
  return key.status !== 'revoked' && key.handover?.expiredAt !== undefined;
}

/** An old secret that goes on for a while beside its successor. */
export interface RetiringSecret {
  readonly version: number;
  readonly retiresAt: string;
  readonly lastUsedAt?: string;
  /** It was used since there is a newer one: something has not been changed over. */
  readonly isStillUsed: boolean;
}

export function retiringSecrets(key: AccountKey, now: number): readonly RetiringSecret[] {
  if (key.status === 'revoked') return [];
  const newest = newestVersion(key);
  return key.versions.flatMap(({ version, retiresAt, lastUsedAt }) => {
    if (newest === undefined || version === newest.version) return [];
    if (retiresAt === undefined || Date.parse(retiresAt) <= now) return [];
    const isStillUsed = lastUsedAt !== undefined && lastUsedAt > newest.createdAt;
    return [{ version, retiresAt, ...(lastUsedAt === undefined ? {} : { lastUsedAt }), isStillUsed }];
  });
}

export function newestVersion({ versions }: Pick<AccountKey, 'versions'>): Version | undefined {
  return versions.reduce<Version | undefined>(
    (newest, each) => (newest === undefined || each.version > newest.version ? each : newest),
    undefined,
  );
}

/** When any of its secrets was last used, as far as is known. */
export function lastUse({ versions }: Pick<AccountKey, 'versions'>): string | undefined {
  return versions
    .flatMap(({ lastUsedAt }) => lastUsedAt ?? [])
    .toSorted()
    .at(-1);
}

/** Live ones first, by name; ended ones by their end, the last first. */
export function inOrder(keys: readonly AccountKey[]): { live: AccountKey[]; ended: AccountKey[] } {
  const byName = (a: AccountKey, b: AccountKey) =>
    a.name.localeCompare(b.name, 'en') || a.createdAt.localeCompare(b.createdAt);
  return {
    live: keys.filter(isLive).toSorted(byName),
    ended: keys
      .filter((key) => !isLive(key))
      .toSorted((a, b) => (b.revokedAt ?? '').localeCompare(a.revokedAt ?? '')),
  };
}
