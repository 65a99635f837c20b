import type * as z from 'zod';
import type { AuditEntry, AuditStore } from '../audit/index.ts';
import type { KeyStore } from '../keys/index.ts';
import { encodeCursor } from '../runtime/rules/cursor.ts';
import type { auditEntry, auditPage } from './answers.ts';
import { allKeyIds } from './list-keys.ts';
import { ownKey } from './own.ts';

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

/** Without what proves it to a verifier: seals and hashes of whole items. */
function entryView(entry: AuditEntry): z.infer<typeof auditEntry> {
  const { subject, subjectKind, sequence, action, actor, requestId, at, reason, state, hash } = entry;
  return {
    subject,
    subjectKind: subjectKind === 'key' ? 'key' : 'subscription',
    sequence,
    action,
    actor: { kind: actor.kind, id: actor.id },
    requestId,
    at,
    ...(reason === undefined ? {} : { reason }),
    state,
    hash,
  };
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
