import type { SealVerifier } from './gateways/seal.ts';
import type { AuditEntry } from './rules/audit-entry.ts';
import { type Broken, examineChain } from './rules/examine-chain.ts';
import { isEnd, type RecordedItem } from './rules/recorded-change.ts';
import type { AuditStore } from './stores/audit-store.ts';
import type { RecordedItemStore } from './stores/recorded-item-store.ts';

export interface Verification {
  readonly ok: boolean;
  readonly subjects: number;
  readonly entries: number;
  readonly broken: readonly Broken[];
}

interface Dependencies {
  readonly audit: AuditStore;
  readonly items: RecordedItemStore;
  readonly seals: SealVerifier;
  /** Waits a moment for the record to catch up with the items. */
  readonly pause: () => Promise<void>;
}

const atOnce = 16;
/** How often a tail that is behind its item is looked at: the stream needs a second or two. */
const looks = 20;

/** A subject, and the item that its record has to catch up with. */
interface Expected {
  readonly subject: string;
  readonly item?: RecordedItem | undefined;
}

interface Look extends Expected {
  readonly caughtUp: boolean;
  readonly entries: number;
  readonly broken: readonly Broken[];
  /** Other subjects that the entries tell of. */
  readonly referred: readonly string[];
}

/**
 * Verifies the record of one subject, or of all: content, links, gaps, seals, and tails against the items' revisions.
 * Verifying all reads every item and every entry. All that are behind wait together, so that a record with thousands of
 * tails cut off is told in time, too.
 */
export async function verifyAudit(
  { subject }: { readonly subject?: string | undefined },
  dependencies: Dependencies,
): Promise<Verification> {
  const subjects = subject === undefined ? await everySubject(dependencies) : [subject];
  const done: Look[] = [];
  let waiting: readonly Expected[] = subjects.map((each) => ({ subject: each }));
  for (let look = 1; waiting.length > 0; look++) {
    if (look > 1) await dependencies.pause();
    const seen = await lookAtAll(waiting, dependencies);
    done.push(...seen.filter(({ caughtUp }) => caughtUp || look === looks));
    waiting = look === looks ? [] : seen.filter(({ caughtUp }) => !caughtUp);
  }
  const broken = done.flatMap((each) => each.broken);
  if (subject === undefined) broken.push(...vanished(done));
  broken.sort(inOrder);
  return {
    ok: broken.length === 0,
    subjects: subjects.length,
    entries: done.reduce((sum, { entries }) => sum + entries, 0),
    broken,
  };
}

function inOrder(one: Broken, other: Broken): number {
  if (one.subject !== other.subject) return one.subject < other.subject ? -1 : 1;
  return one.sequence - other.sequence;
}

/** Subjects that others' entries tell of and of which nothing is left: neither an item nor an entry. */
function vanished(looks: readonly Look[]): Broken[] {
  const known = new Set(looks.map(({ subject }) => subject));
  const referred = new Set(looks.flatMap((look) => look.referred));
  const why = 'the whole record is gone: entries of others tell of it';
  return [...referred.difference(known)].map((subject) => ({ subject, sequence: 1, why }));
}

/** The keys of a subscription, the subscription of a key or of an alert. What is nobody's says `platform`, which may not be. */
function referredBy({ state }: AuditEntry): string[] {
  const { keyIds, subscriptionId } = state ?? {};
  const ids = Array.isArray(keyIds) ? [...keyIds, subscriptionId] : [subscriptionId];
  return ids.filter((id) => typeof id === 'string' && id !== 'platform');
}

function unrecorded(subject: string, chain: readonly AuditEntry[], referred: readonly string[]): Look {
  const sequence = chain.at(-1)?.sequence ?? 0;
  const broken = [{ subject, sequence, why: 'the item has no revision: it was written past the product' }];
  return { subject, caughtUp: true, entries: chain.length, broken, referred };
}

/** Those that have an item and those that have entries: either may have been taken away. */
async function everySubject({ audit, items }: Dependencies): Promise<string[]> {
  const [recorded, existing] = await Promise.all([audit.subjects(), items.subjects()]);
  return [...recorded.union(existing)].toSorted();
}

async function lookAtAll(subjects: readonly Expected[], dependencies: Dependencies): Promise<Look[]> {
  const seen: Look[] = [];
  for (let from = 0; from < subjects.length; from += atOnce) {
    const some = subjects.slice(from, from + atOnce);
    seen.push(...(await Promise.all(some.map((each) => lookAt(each, dependencies)))));
  }
  return seen;
}

/**
 * The item, the entries, and the item again where they do not agree: each act writes its item first and is recorded
 * after, so that what is recorded lies between the two however busy the subject is.
 */
async function lookAt(
  { subject, item: awaited }: Expected,
  { audit, items, seals }: Dependencies,
): Promise<Look> {
  const item = awaited ?? (await items.get(subject));
  const chain = await audit.chain(subject);
  const referred = chain.flatMap(referredBy);
  const head = chain.at(-1);
  const last = head?.sequence ?? 0;
  if (item === 'unrecorded') return unrecorded(subject, chain, referred);
  const after = last === item?.revision ? item : await items.get(subject);
  if (after === 'unrecorded') return unrecorded(subject, chain, referred);

  const broken = examineChain(subject, chain, item, after);
  if (head !== undefined && !(await seals.isSealed(head.hash, head.seal))) {
    const why = 'the seal does not fit: the entry, or the chain up to it, was rewritten';
    broken.push({ subject, sequence: head.sequence, why });
  }
  const gone = item === undefined || after === undefined;
  const caughtUp = gone ? after === undefined && isOver(head) : last >= item.revision;
  return { subject, item: gone ? undefined : item, caughtUp, entries: chain.length, broken, referred };
}

/** Whether nothing more is to come of a subject that has no item. */
function isOver(head: AuditEntry | undefined): boolean {
  return head === undefined || isEnd(head.action);
}
