import { apiSubject, keySubject } from './activity-item.ts';
import type { LogLine, UsedKey } from './log-line.ts';
import { type RefusalStatus, refusalStatuses } from './signal.ts';

/** What a batch of log lines adds to what is known of one subject. Times are epoch milliseconds. */
export interface Addition {
  /** `key#<keyId>` or `api`. */
  readonly subject: string;
  readonly subscriptionId?: string;
  readonly tier?: string;
  /** Of its requests in the batch. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Requests that were refused, by status. */
  readonly refused: Readonly<Partial<Record<RefusalStatus, number>>>;
  /** At most `mostNetworks`, in the order in which they appeared. */
  readonly networks: readonly string[];
}

/** A subject that has so many networks since its last look takes no more; the last write may bring it to 39 (`networksAtOnce`). */
export const mostNetworks = 32;

/**
 * What a batch adds, subject by subject, in an order that is the same for the same lines: a retry writes the same again.
 *
 * Items are made of keys alone that the authorizer knows, accepted or refused; everything else is counted at `api`, and
 * only where it was refused, so that no stranger can make items. A request that the authorizer refused stands in both logs,
 * and the access log does not tell whose key it named: its 401 is counted for the key, and at `api` as well.
 */
export function trafficOf(lines: Iterable<LogLine>): Addition[] {
  const subjects = new Map<string, Draft>();
  for (const line of lines) {
    const { key } = line;
    const status = refusalStatuses.find(
      (it) => it === (line.kind === 'refusal' ? '401' : String(line.status)),
    );
    if (key === undefined && status === undefined) continue;
    const subject = key === undefined ? apiSubject : keySubject(key.keyId);
    const draft = subjects.get(subject) ?? newDraft(line);
    subjects.set(subject, draft);
    add(draft, line, status);
  }
  return [...subjects]
    .map(([subject, { key: { subscriptionId, tier } = {}, networks, ...rest }]) => ({
      subject,
      ...(subscriptionId === undefined ? {} : { subscriptionId }),
      ...(tier === undefined ? {} : { tier }),
      ...rest,
      networks: [...networks],
    }))
    .sort((a, b) => (a.subject < b.subject ? -1 : 1));
}

interface Draft {
  firstAt: number;
  lastAt: number;
  /** As of the last request. */
  key?: Partial<UsedKey>;
  readonly refused: Partial<Record<RefusalStatus, number>>;
  readonly networks: Set<string>;
}

function newDraft({ at }: LogLine): Draft {
  return { firstAt: at, lastAt: at, refused: {}, networks: new Set() };
}

function add(draft: Draft, line: LogLine, status: RefusalStatus | undefined): void {
  if (line.key !== undefined && line.at >= draft.lastAt) draft.key = line.key;
  draft.firstAt = Math.min(draft.firstAt, line.at);
  draft.lastAt = Math.max(draft.lastAt, line.at);
  if (status !== undefined) draft.refused[status] = (draft.refused[status] ?? 0) + 1;
  // Of strangers there are too many, and nobody is told of them.
  if (line.kind !== 'request' || line.key === undefined || line.network === undefined) return;
  if (draft.networks.size < mostNetworks) draft.networks.add(line.network);
}
