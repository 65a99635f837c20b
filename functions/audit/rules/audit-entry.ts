import { createHash } from 'node:crypto';
import type { Actor } from '../../runtime/rules/change.ts';

/**
 * One entry of the record (table Audit, partition key `subject`, sort key `sequence`). A subject's entries form a chain:
 * each hashes the one before, and its own hash is sealed by a MAC whose key never leaves KMS.
 */
export interface AuditEntry extends Recorded {
  /** Hash of the entry before; 64 zeros for the first. */
  readonly previousHash: string;
  /** SHA-256 of all of the above in canonical form, lower-case hex. */
  readonly hash: string;
  /** Base64 of KMS' HMAC-SHA-256 over the hash. */
  readonly seal: string;
  /** UTC day of `at`, partition key of the index by day. */
  readonly day: string;
  /** Sort key of that index: time, subject, sequence. */
  readonly dayOrder: string;
}

/** What an entry tells. */
export interface Recorded {
  /** A key id, a subscription id, `platform`, or an alert id. */
  readonly subject: string;
  readonly subjectKind: SubjectKind;
  /** The revision of the item that the change made. */
  readonly sequence: number;
  readonly action: string;
  readonly actor: Actor;
  readonly requestId: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly reason?: string;
  /** What the change left behind, without any secret, hash, ciphertext or address. */
  readonly state: Readonly<Record<string, unknown>>;
  /** SHA-256 of the whole item as the change left it: tells a later change past the record. Empty for a removal. */
  readonly itemHash: string;
}

export type SubjectKind = 'key' | 'subscription' | 'platform' | 'alert';

/** All that an entry may hold: what is not hashed is no evidence. */
export const attributes: ReadonlySet<string> = new Set([
  'subject',
  'subjectKind',
  'sequence',
  'action',
  'actor',
  'requestId',
  'at',
  'reason',
  'state',
  'itemHash',
  'previousHash',
  'hash',
  'seal',
  'day',
  'dayOrder',
] satisfies (keyof AuditEntry)[]);

export const genesis = '0'.repeat(64);

/** The entry that follows another, but for its seal. */
export function chained(recorded: Recorded, previousHash: string): Omit<AuditEntry, 'seal'> {
  const hash = hashOf(recorded, previousHash);
  return { ...recorded, previousHash, hash, ...indexed(recorded) };
}

/** The hash that an entry must have. Attributes beyond those that are recorded do not count. */
export function hashOf(recorded: Recorded, previousHash: string): string {
  const { subject, subjectKind, sequence, action, actor, requestId, at, reason, state, itemHash } = recorded;
  const content = {
    subject,
    subjectKind,
    sequence,
    action,
    actor,
    requestId,
    at,
    reason,
    state,
    itemHash,
    previousHash,
  };
  return createHash('sha256').update(canonical(content)).digest('hex');
}

/** The attributes of the index by day: derived, so that an entry can be hidden from it only by being seen to differ. */
export function indexed({
  at,
  subject,
  sequence,
}: Pick<Recorded, 'at' | 'subject' | 'sequence'>): Pick<AuditEntry, 'day' | 'dayOrder'> {
  return { day: at.slice(0, 10), dayOrder: `${at}#${subject}#${String(sequence).padStart(10, '0')}` };
}

/** Hash of a whole item. */
export function itemHashOf(item: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(canonical(item)).digest('hex');
}

/** JSON with the members of every object in order, so that what a table gives back hashes as what went in. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
