import { claimWindow } from './handover.ts';
import { loggableForm } from './key-format.ts';
import type { Handover, KeyItem } from './key-item.ts';
import { isLive, isSuspended } from './lifecycle.ts';
import { isPast } from './time.ts';

/** What `get-key` tells: everything but secrets, hashes and ciphertext. */
export interface KeyView {
  readonly keyId: string;
  /** The loggable form: the first 10 characters and `...`. */
  readonly display: string;
  readonly subscriptionId: string;
  readonly name: string;
  readonly prefix: string;
  readonly tier: string;
  readonly status: KeyStatus;
  readonly suspensions: KeyItem['suspensions'];
  readonly createdAt: string;
  readonly revokedAt?: string;
  readonly rotatesAt?: string;
  readonly noticedFor?: string;
  /** Live versions, oldest first. */
  readonly versions: readonly { version: number; pepper: string; createdAt: string; retiresAt?: string }[];
  /** Versions that are refused, newest first; the last four are known. */
  readonly retiredVersions: readonly { version: number; pepper: string; retiredAt: string }[];
  readonly handover?: HandoverView;
  /** Mails to the owner, and alerts, that wait for another try or were given up (`failedAt`). */
  readonly outbox?: readonly {
    to: string;
    kind: string;
    attempts: number;
    retryAt?: string;
    failedAt?: string;
  }[];
  readonly nextAction?: string;
  readonly nextActionAt?: string;
  readonly usageKey: string;
  readonly revision: number;
  readonly change: KeyItem['change'];
}

/** Where the newest secret stands on its way to its owner. */
export interface HandoverView {
  readonly version: number;
  /** Until when the link can be used; absent once it was, or the secret is with its owner another way. */
  readonly expiresAt?: string;
  readonly attempts?: number;
  readonly channel?: 'link' | 'pgp';
  readonly sentAt?: string;
  readonly deliveredAt?: string;
  readonly openedAt?: string;
  readonly expiredAt?: string;
  readonly failedAt?: string;
  readonly trouble?: string;
}

export type KeyStatus = 'active' | 'suspended' | 'revoked';

export function statusOf(key: Pick<KeyItem, 'revokedAt' | 'suspensions'>): KeyStatus {
  if (key.revokedAt !== undefined) return 'revoked';
  return isSuspended(key) ? 'suspended' : 'active';
}

/** Field by field, so that a new secret field of the item cannot slip out. */
export function keyView(key: KeyItem, now: Date): KeyView {
  const live = key.secrets.filter((secret) => isLive(secret, now));
  const expired = key.secrets.flatMap((secret) =>
    isLive(secret, now) || secret.retiresAt === undefined
      ? []
      : [{ version: secret.version, pepper: secret.pepper, retiredAt: secret.retiresAt }],
  );
  const retired = key.retired.map(({ version, pepper, retiredAt }) => ({ version, pepper, retiredAt }));
  const handover = key.handover && handoverView(key.handover, now);
  return {
    keyId: key.keyId,
    display: loggableForm(key.prefix, key.keyId),
    subscriptionId: key.subscriptionId,
    name: key.name,
    prefix: key.prefix,
    tier: key.tier,
    status: statusOf(key),
    suspensions: key.suspensions,
    createdAt: key.createdAt,
    ...(key.revokedAt === undefined ? { rotatesAt: key.rotateAt } : { revokedAt: key.revokedAt }),
    ...(key.noticedFor === undefined ? {} : { noticedFor: key.noticedFor }),
    versions: live.map(({ version, pepper, createdAt, retiresAt }) => ({
      version,
      pepper,
      createdAt,
      ...(retiresAt === undefined ? {} : { retiresAt }),
    })),
    retiredVersions: [...expired, ...retired],
    ...(handover === undefined ? {} : { handover }),
    ...(key.outbox === undefined
      ? {}
      : {
          outbox: key.outbox.map(({ to, kind, attempts, retryAt, failedAt }) => ({
            to,
            kind,
            attempts,
            ...(retryAt === undefined ? {} : { retryAt }),
            ...(failedAt === undefined ? {} : { failedAt }),
          })),
        }),
    ...(key.nextAction === undefined ? {} : { nextAction: key.nextAction }),
    ...(key.nextActionAt === undefined ? {} : { nextActionAt: key.nextActionAt }),
    usageKey: key.usageKey,
    revision: key.revision,
    change: key.change,
  };
}

/** Undefined for a handover that was there for a repeated request only and is over. */
function handoverView(handover: Handover, now: Date): HandoverView | undefined {
  const { version, delivery, openedAt, expiredAt } = handover;
  const waits = handover.ciphertext !== undefined && !isPast(claimWindow(handover), now);
  if (delivery === undefined && !waits) return undefined;
  const { queuedIn: _in, retryAt: _retry, messageId: _id, bounced: _bounced, ...told } = delivery ?? {};
  return {
    version,
    ...(waits ? { expiresAt: claimWindow(handover) } : {}),
    ...told,
    ...(openedAt === undefined ? {} : { openedAt }),
    ...(expiredAt === undefined ? {} : { expiredAt }),
  };
}
