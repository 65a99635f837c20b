import type * as z from 'zod';
import type { AuditEntry, AuditStore } from '../audit/index.ts';
import type { KeyStore } from '../keys/index.ts';
import { encodeCursor } from '../runtime/rules/cursor.ts';
import type { auditEntry, auditPage } from './answers.ts';
import { allKeyIds } from './list-keys.ts';
import { ownKey } from './own-key.ts';

const subjectsAtOnce = 25;

export type AccountAudit = z.infer<typeof auditPage>;

/**
 * One page of what is on record about an account and its keys. Each subject has a chain of its own: the page merges them by
 * time, and the cursor remembers, of each, what was told last.
 * @throws NotFoundError for a key of somebody else
 */
export async function listAccountAudit(
  {
    subscriptionId,
    keyId,
    limit,
    cursor = {},
  }: {
    readonly subscriptionId: string;
    readonly keyId?: string | undefined;
    readonly limit: number;
    readonly cursor?: Readonly<Record<string, number>> | undefined;
  },
  { audit, keys }: { readonly audit: AuditStore; readonly keys: KeyStore },
): Promise<AccountAudit> {
  const subjects =
    keyId === undefined
      ? [subscriptionId, ...(await allKeyIds(subscriptionId, keys))]
      : [(await ownKey(keyId, subscriptionId, keys)).keyId];
  const pages: AuditEntry[][] = [];
  for (let from = 0; from < subjects.length; from += subjectsAtOnce) {
    const some = subjects.slice(from, from + subjectsAtOnce).map(async (subject) => {
      const sequence = cursor[subject];
      const after = sequence === undefined ? undefined : { subject, sequence };
      return (await audit.ofSubject(subject, { limit: limit + 1, after })).entries;
    });
    pages.push(...(await Promise.all(some)));
  }
  const found = pages.flat().toSorted(newestFirst);
  const entries = found.slice(0, limit);
  if (found.length <= limit) return { entries: entries.map(entryView) };
  return { entries: entries.map(entryView), cursor: encodeCursor(positions(pages, entries, cursor)) };
}

/** Acts of admins whose reasons owners are mailed, too: of the others, the reason is for the operator's own people. */
const explained = [
  'generate-key',
  'rotate-key',
  'update-subscription',
  'change-tier',
  'approve-request',
  'decline-request',
];

/** Without what proves it to a verifier (seals, hashes of whole items), and without who of support did what and why. */
function entryView(entry: AuditEntry): z.infer<typeof auditEntry> {
  const { subject, subjectKind, sequence, action, actor, requestId, at, reason, state, hash } = entry;
  const isTold = reason !== undefined && (actor.kind !== 'admin' || explained.includes(action));
  return {
    subject,
    subjectKind: subjectKind === 'key' ? 'key' : 'subscription',
    sequence,
    action,
    actor: { kind: actor.kind, id: actor.kind === 'admin' ? 'support' : actor.id },
    requestId,
    at,
    ...(isTold ? { reason } : {}),
    state: stateView(state),
    hash,
  };
}

function stateView({ suspensions, versions, ...state }: AuditEntry['state']): Record<string, unknown> {
  return {
    ...state,
    ...(isObject(suspensions)
      ? {
          suspensions: Object.fromEntries(
            Object.entries(suspensions).map(([cause, since]) => [
              cause,
              isObject(since) ? { at: since['at'] } : {},
            ]),
          ),
        }
      : {}),
    ...(Array.isArray(versions)
      ? { versions: versions.map(({ pepper: _pepper, ...version }: Record<string, unknown>) => version) }
      : {}),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function newestFirst(a: AuditEntry, b: AuditEntry): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1;
  if (a.subject !== b.subject) return a.subject < b.subject ? 1 : -1;
  return b.sequence - a.sequence;
}

/** Of a subject of which nothing has been told, the place before its newest entry: what comes later is on no later page. */
function positions(
  pages: readonly (readonly AuditEntry[])[],
  told: readonly AuditEntry[],
  before: Readonly<Record<string, number>>,
): Record<string, number> {
  const begun = pages.flatMap(([newest]) =>
    newest === undefined ? [] : [[newest.subject, newest.sequence + 1] as const],
  );
  return {
    ...Object.fromEntries(begun),
    ...before,
    ...Object.fromEntries(told.map(({ subject, sequence }) => [subject, sequence])),
  };
}
