import type { Change } from '../../runtime/rules/change.ts';

/**
 * The item that decides everything about a key (table Keys, partition key `keyId`). Times are ISO 8601 in UTC.
 * Every write replaces the item on condition of its `revision`, which rises by one each time.
 */
export interface KeyItem {
  readonly keyId: string;
  readonly subscriptionId: string;
  readonly name: string;
  readonly prefix: string;
  readonly tier: string;
  /** Value of the API Gateway key that the subscription's requests are metered by: opaque, never a customer's secret. */
  readonly usageKey: string;
  readonly createdAt: string;
  /** Why the key is suspended, by cause; a key is active iff this is empty and it is not revoked. */
  readonly suspensions: Readonly<Partial<Record<SuspensionCause, Suspension>>>;
  readonly revokedAt?: string;
  /** At most two live: the newest, and one that retires. */
  readonly secrets: readonly SecretVersion[];
  /** The last four that retired, newest first: a leak report must tell an old secret from a live one. */
  readonly retired: readonly RetiredSecret[];
  /** When the newest secret is due for rotation. */
  readonly rotateAt: string;
  /** The due date for which the notice went out. */
  readonly noticedFor?: string;
  readonly handover?: Handover;
  readonly nextAction?: TimerAction;
  readonly nextActionAt?: string;
  /** 0..15, present only while there is a timer: partition of the sparse index `byDue`. */
  readonly dueShard?: number;
  readonly revision: number;
  readonly change: Change;
}

export type SuspensionCause = 'admin' | 'owner' | 'payment' | 'anomaly';

export interface Suspension {
  readonly at: string;
  readonly by: string;
  readonly reason?: string;
}

export interface SecretVersion {
  /** Counts from 1; rotation adds one. */
  readonly version: number;
  /** HMAC-SHA-256 of the whole key by the pepper, lower-case hex. */
  readonly hash: string;
  /** Name of the pepper that the hash was made with. */
  readonly pepper: string;
  readonly createdAt: string;
  /** From this moment on the secret is refused. Only ever moves earlier. */
  readonly retiresAt?: string;
}

export interface RetiredSecret {
  readonly version: number;
  readonly hash: string;
  readonly pepper: string;
  readonly retiredAt: string;
}

/** A secret that awaits its owner, encrypted by KMS with the key id and version as encryption context. */
export interface Handover {
  readonly version: number;
  /** Base64. */
  readonly ciphertext: string;
  /** After this moment nobody may read it, whether or not the ciphertext is still there. */
  readonly expiresAt: string;
}

export type TimerAction = 'notice' | 'rotate' | 'retire' | 'expire-handover';
