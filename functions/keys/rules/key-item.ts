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
  /** The end of an old secret of which the owner was reminded. */
  readonly remindedFor?: string;
  readonly handover?: Handover;
  /** What is still to be told, or could not be; nothing for most keys at most times. */
  readonly outbox?: readonly Outgoing[];
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
  /** Of the cause `anomaly`: the alerts that hold the key. See `holdersOf`. */
  readonly alertIds?: readonly string[];
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
  /** Number of the link that showed it, kept while it retires: who disputes that link ends the secret at once. */
  readonly openedByLink?: number;
}

export interface RetiredSecret {
  readonly version: number;
  readonly hash: string;
  readonly pepper: string;
  readonly retiredAt: string;
}

/**
 * The newest secret on its way to its owner, encrypted by KMS with the key id and version as encryption context. It
 * stands on the item until the next rotation replaces it, so that a link that was used, or never was, can say so.
 */
export interface Handover {
  readonly version: number;
  /** Part of the link's token: a higher one makes every earlier link worthless. */
  readonly linkNo: number;
  /** Base64; absent once it was destroyed. */
  readonly ciphertext?: string;
  /** After this moment nobody may read it, whether or not the ciphertext is still there. */
  readonly expiresAt: string;
  /** Whoever asked for the secret has it, from the answer: it is in use, whether or not the owner opens the link. */
  readonly answered?: true;
  /** Until when the answer may be asked for again (the request had an `idempotencyKey`). */
  readonly repeatableUntil?: string;
  /** Absent where the owner is not sent the secret: the handover is for a repeated request only. */
  readonly delivery?: Delivery;
  /** What made the secret, for the mail that brings it: the first try and the last one tell the same. */
  readonly origin?: HandoverOrigin;
  /** When the link was used. */
  readonly openedAt?: string;
  /** SHA-256 of the nonce of whoever used it: the same one may read again for 10 minutes. */
  readonly openedBy?: string;
  /** When it ended without having been used. */
  readonly expiredAt?: string;
}

export interface HandoverOrigin {
  readonly cause: 'new' | 'schedule' | 'admin' | 'owner' | 'not-me' | 'renewed';
  readonly at: string;
  /** An admin's name and reason. */
  readonly by?: string;
  readonly reason?: string;
}

/** How the mail with the secret, or with the link to it, fares. */
export interface Delivery {
  /** Tries that have begun. */
  readonly attempts: number;
  /** The revision whose stream record is to send it. */
  readonly queuedIn: number;
  /** When it is to be queued again, unless it has been sent by then. */
  readonly retryAt?: string;
  readonly channel?: 'link' | 'pgp';
  readonly sentAt?: string;
  readonly messageId?: string;
  /** When the owner's mail server took it. */
  readonly deliveredAt?: string;
  /** How often it was sent again because somebody asked for it. */
  readonly remails?: number;
  /** The message that came back. */
  readonly bounced?: string;
  /** When it was given up. */
  readonly failedAt?: string;
  /** Why it was given up, or came back, in plain words. */
  readonly trouble?: string;
}

/** A mail or an alert that could not be sent at once, and is tried again. */
export interface Outgoing {
  /** Of the change, or the message that came back, that it tells of: each is told once. */
  readonly id: string;
  readonly to: 'owner' | 'admins';
  readonly kind: string;
  /** What it tells, beside the key and its owner. */
  readonly facts: Readonly<Record<string, string>>;
  readonly attempts: number;
  /** The revision whose stream record is to send it; 0 for one that only waits for the sweep. */
  readonly queuedIn: number;
  readonly retryAt?: string;
  readonly failedAt?: string;
}

export type TimerAction = 'notice' | 'rotate' | 'remind' | 'retire' | 'redeliver' | 'expire-handover';
