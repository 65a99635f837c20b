import { metricNames } from '../runtime/metric-names.ts';
import { count, logger } from '../runtime/telemetry.ts';
import type { Sealer } from './gateways/seal.ts';
import { chained, genesis, type Recorded } from './rules/audit-entry.ts';
import type { AuditStore } from './stores/audit-store.ts';

/** The entry before is not on record yet: it is on its way in the stream, and a retry finds it. */
export class PredecessorMissingError extends Error {
  override readonly name = 'PredecessorMissingError';
}

/**
 * For how long an entry waits for the one before it. A stream delivers an item's changes in order, so the one before
 * can only be missing when somebody took it away, and then the record must go on, with the gap for `verify-audit` to name.
 */
const patienceMilliseconds = 15 * 60_000;

/**
 * Appends one change to its subject's chain. Delivered again, it adds nothing; delivered before its predecessor, it waits.
 * @param happenedAt epoch milliseconds at which the stream took the change in
 * @throws PredecessorMissingError
 */
export async function recordChange(
  recorded: Recorded,
  happenedAt: number,
  now: number,
  { audit, sealer }: { audit: AuditStore; sealer: Sealer },
): Promise<void> {
  const { subject, sequence } = recorded;
  const existing = await audit.get(subject, sequence);
  if (existing !== undefined) return compare(recorded, existing.hash, existing.previousHash);

  const entry = chained(recorded, await previousHash(recorded, happenedAt, now, audit));
  if (await audit.append({ ...entry, seal: await sealer.seal(entry.hash) })) {
    // A witness outside the tables: who rewrites both items and record still has the log against them.
    logger.info('recorded', { subject, sequence, action: recorded.action, hash: entry.hash });
    return;
  }
  const other = await audit.get(subject, sequence);
  compare(recorded, other?.hash, other?.previousHash);
}

async function previousHash(
  { subject, sequence }: Recorded,
  happenedAt: number,
  now: number,
  audit: AuditStore,
): Promise<string> {
  if (sequence === 1) return genesis;
  const previous = await audit.before(subject, sequence);
  if (previous?.sequence === sequence - 1) return previous.hash;
  if (now - happenedAt < patienceMilliseconds) {
    throw new PredecessorMissingError(`entry ${sequence - 1} of ${subject} is not on record yet`);
  }
  logger.error('the record has a gap', { subject, sequence, lastOnRecord: previous?.sequence ?? 0 });
  count(metricNames.auditConflicts);
  return previous?.hash ?? genesis;
}

/** The same change again is nothing new; another one under the same sequence is an alarm, and the first one stays. */
function compare(recorded: Recorded, hash: string | undefined, previous: string | undefined): void {
  if (hash !== undefined && chained(recorded, previous ?? '').hash === hash) return;
  const { subject, sequence, action } = recorded;
  logger.error('another change is on record under the same revision', { subject, sequence, action });
  count(metricNames.auditConflicts);
}
