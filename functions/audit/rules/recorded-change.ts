import type { Change } from '../../runtime/rules/change.ts';
import { itemHashOf, type Recorded } from './audit-entry.ts';
import type { Subject } from './subject.ts';

/** An item that is on record: it has a revision and the change that made it. */
export interface RecordedItem {
  readonly keyId?: string;
  readonly subscriptionId?: string;
  readonly alertId?: string;
  readonly revision: number;
  readonly change: Change;
  readonly [attribute: string]: unknown;
}

/** Whether an item is on record. Locks and counters, which share a table with subscriptions, are not. */
export function isRecorded(item: Readonly<Record<string, unknown>> | undefined): item is RecordedItem {
  const change = item?.['change'];
  return typeof item?.['revision'] === 'number' && typeof change === 'object' && change !== null;
}

/** What the record tells of an item's revision. */
export function recordedChange(about: Subject, item: RecordedItem): Recorded {
  const { action, actor, requestId, at, reason } = item.change;
  return {
    ...about,
    sequence: item.revision,
    action,
    actor,
    requestId,
    at,
    ...(reason === undefined ? {} : { reason }),
    state: stateOf(item),
    itemHash: itemHashOf(item),
  };
}

/**
 * What the record tells when an item is deleted, which nothing in the product does: by whom is not known, CloudTrail may
 * tell. Or that its time was over, and DynamoDB has removed it.
 * @param at when the stream says that it happened
 */
export function recordedRemoval(
  about: Subject,
  item: RecordedItem,
  at: string,
  eventId: string,
  action: typeof removal | typeof expiry = removal,
): Recorded {
  return {
    ...about,
    sequence: item.revision + 1,
    action,
    actor: { kind: 'system', id: action === expiry ? 'time-to-live' : 'unknown' },
    requestId: eventId,
    at,
    state: {},
    itemHash: '',
  };
}

export const removal = 'item-removed';
export const expiry = 'item-expired';

/** Whether an entry of this action ends a record: what it is about is gone, as the entry says. */
export const isEnd = (action: string): boolean => action === removal || action === expiry;

/**
 * Whether an item's time was over when its table's time to live removed it: of what is on record, that of alerts which are
 * over. One whose time was moved up past the product is none of these, for its revision did not rise, which is an alarm.
 */
export function isExpired(
  { subjectKind }: Subject,
  { status, ttl }: RecordedItem,
  { byTimeToLive, happenedAt }: { readonly byTimeToLive: boolean; readonly happenedAt: number },
): boolean {
  const isOver = subjectKind === 'alert' && status === 'closed' && typeof ttl === 'number';
  return byTimeToLive && isOver && ttl * 1000 <= happenedAt;
}

/**
 * Attributes that may be told of an item, one by one: a new attribute is not on record until it stands here. Nothing that a
 * person chose does, such as names: what is on record cannot be removed when that person's account is.
 */
const told = [
  'subscriptionId',
  'prefix',
  'tier',
  'tierCause',
  'tierChosenAt',
  'suspensions',
  'revokedAt',
  'rotateAt',
  'noticedFor',
  'remindedFor',
  'undeliverable',
  'emailChangedAt',
  'openPgpKeyChangedAt',
  'keyIds',
  'deletedAt',
  'pepper',
] as const;

function stateOf(item: RecordedItem): Record<string, unknown> {
  const entries = told.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]] as const]));
  const secrets = item['secrets'];
  const versions = Array.isArray(secrets) ? { versions: secrets.map(versionOf) } : {};
  return {
    ...Object.fromEntries(entries),
    ...versions,
    ...alertOf(item),
    ...handoverOf(item['handover']),
    ...paymentOf(item['payment']),
    ...requestOf(item['request']),
  };
}

/**
 * What an alert is about and how it stands. Not its explanation and its figures: they may name the networks that requests
 * came from, as `of` does where the alert is about a new one. What an admin noted is the reason of the entry that tells of it.
 */
function alertOf(item: RecordedItem): Record<string, unknown> {
  if (item.alertId === undefined) return {};
  const { keyId, kind, of, severity, status, closedBecause, acknowledged, answer, rotatedAt, suspended } =
    item;
  const seen = isObject(acknowledged) ? { at: acknowledged['at'], by: acknowledged['by'] } : undefined;
  const isNetwork = kind === 'new-network';
  const stands = { keyId, kind, of: isNetwork ? undefined : of, severity, status, closedBecause };
  return defined({ ...stands, acknowledged: seen, answer, rotatedAt, suspended });
}

/** How the payments stand: no id of Stripe's, and no address of a page. */
function paymentOf(payment: unknown): { payment?: Record<string, unknown> } {
  if (typeof payment !== 'object' || payment === null) return {};
  const { checkout, status, periodEndsAt, cancelsAt, endedAt, ...rest } = payment as Record<string, unknown>;
  const { failedAt, graceEndsAt, remindedFor, reversal } = rest;
  const told = { status, periodEndsAt, cancelsAt, endedAt, failedAt, graceEndsAt, remindedFor, reversal };
  const until = (checkout as { expiresAt?: unknown } | undefined)?.expiresAt;
  return { payment: defined({ ...told, checkoutExpiresAt: until }) };
}

/** Where a request for a tier stands: not what the person wrote. */
function requestOf(request: unknown): { request?: Record<string, unknown> } {
  if (typeof request !== 'object' || request === null) return {};
  const { tier, status, requestedAt, answeredAt } = request as Record<string, unknown>;
  return { request: defined({ tier, status, requestedAt, answeredAt }) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Where a secret on its way stands: never the ciphertext, nor what proves who opened the link. */
function handoverOf(handover: unknown): { handover?: Record<string, unknown> } {
  if (typeof handover !== 'object' || handover === null) return {};
  const { version, linkNo, expiresAt, openedAt, expiredAt, delivery } = handover as Record<string, unknown>;
  const { attempts, channel, sentAt, deliveredAt, failedAt, trouble } = (delivery ?? {}) as Record<
    string,
    unknown
  >;
  const told = {
    version,
    linkNo,
    expiresAt,
    openedAt,
    expiredAt,
    attempts,
    channel,
    sentAt,
    deliveredAt,
    failedAt,
    trouble,
  };
  return { handover: defined(told) };
}

function versionOf(secret: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { version, pepper, createdAt, retiresAt } = secret;
  return { version, pepper, createdAt, ...(retiresAt === undefined ? {} : { retiresAt }) };
}
