import type { SealVerifier } from './gateways/seal.ts';
import type { AuditEntry } from './rules/audit-entry.ts';
import { type Broken, examineChain } from './rules/examine-chain.ts';
import type { RecordedItem } from './rules/recorded-change.ts';
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
/** How often a tail that is behind its item is looked at again: the stream needs a second or two. */
const looks = 20;

/**
 * Verifies the record of one subject, or of all: content, links, gaps, seals, and tails against the items' revisions.
 * Verifying all reads every item and every entry.
 */
export async function verifyAudit(
  { subject }: { readonly subject?: string | undefined },
  dependencies: Dependencies,
): Promise<Verification> {
  const subjects = subject === undefined ? await everySubject(dependencies) : [subject];
  const results: { entries: number; broken: Broken[] }[] = [];
  for (let from = 0; from < subjects.length; from += atOnce) {
    const some = subjects.slice(from, from + atOnce);
    results.push(...(await Promise.all(some.map((each) => verifySubject(each, dependencies)))));
  }
  const broken = results.flatMap((result) => result.broken);
  return {
    ok: broken.length === 0,
    subjects: subjects.length,
    entries: results.reduce((sum, { entries }) => sum + entries, 0),
    broken,
  };
}

/** Those that have an item and those that have entries: either may have been taken away. */
async function everySubject({ audit, items }: Dependencies): Promise<string[]> {
  const [recorded, existing] = await Promise.all([audit.subjects(), items.subjects()]);
  return [...recorded.union(existing)].toSorted();
}

async function verifySubject(
  subject: string,
  dependencies: Dependencies,
): Promise<{ entries: number; broken: Broken[] }> {
  const { item, chain } = await caughtUp(subject, dependencies);
  const broken = examineChain(subject, chain, item);
  const head = chain.at(-1);
  if (head !== undefined && !(await dependencies.seals.isSealed(head.hash, head.seal))) {
    const why = 'the seal does not fit: the entry, or the chain up to it, was rewritten';
    broken.push({ subject, sequence: head.sequence, why });
  }
  return { entries: chain.length, broken };
}

/** The item first, the entries after it: what is recorded meanwhile can only make the record longer. */
async function caughtUp(
  subject: string,
  { audit, items, pause }: Dependencies,
): Promise<{ item: RecordedItem | undefined; chain: AuditEntry[] }> {
  for (let look = 1; ; look++) {
    const item = await items.get(subject);
    const chain = await audit.chain(subject);
    const last = chain.at(-1)?.sequence ?? 0;
    const agree = item === undefined ? look > 1 || chain.length === 0 : last === item.revision;
    if (agree || look === looks) return { item, chain };
    await pause();
  }
}
