import { createHash } from 'node:crypto';
import { apiSubject } from './rules/activity-item.ts';
import { type LogLine, readLogLine } from './rules/log-line.ts';
import { type Addition, trafficOf } from './rules/traffic-of.ts';
import type { TrafficStore } from './stores/traffic-store.ts';

/** Some lines of one log group, as CloudWatch Logs hands them over. */
export interface LogBatch {
  readonly logGroup: string;
  readonly logEvents: readonly LoggedLine[];
}

interface LoggedLine {
  /** Unique; the same where the line is handed over again. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
}

export interface AggregationReport {
  readonly lines: number;
  /** Lines that tell nothing of the use of keys. */
  readonly skipped: number;
  readonly subjects: number;
  /** Refused requests, at all subjects. */
  readonly refused: number;
  /** Whether some of it was counted by an earlier attempt. */
  readonly again: boolean;
}

const writesAtOnce = 16;
/** A transaction has room for 100; the more there are in one, the more often two of them meet. */
const subjectsAtOnce = 25;

/**
 * Adds a batch of log lines to table Activity. The same batch twice, two at once, or one that died half-way adds each
 * refusal once: refusals go by transactions, each with a marker of its own. What is noted besides is the same when it is noted
 * again, and comes after the counts, so that whoever looks because of it finds them.
 * @throws Error when something could not be written; to be tried again as a whole
 */
export async function aggregateTraffic(
  { logGroup, logEvents }: LogBatch,
  now: number,
  store: TrafficStore,
): Promise<AggregationReport> {
  const lines = logEvents
    .map(({ message, timestamp }) => readLogLine(message, timestamp))
    .filter((line): line is LogLine => line !== undefined);
  const additions = trafficOf(lines);
  const refusing = additions.filter((addition) => refusalsOf(addition) > 0);
  const batch = nameOf(logGroup, logEvents);
  const chunks = chunksOf(refusing).map((some, index) => ({ name: `${batch}#${index}`, additions: some }));
  let again = false;
  const failures = [
    ...(await each(chunks, async (chunk) => {
      if (!(await store.count(chunk.name, chunk.additions, now))) again = true;
    })),
    ...(await each(additions, (addition) => store.note(addition))),
  ];
  if (failures.length > 0) throw failures[0];
  return {
    lines: logEvents.length,
    skipped: logEvents.length - lines.length,
    subjects: additions.length,
    refused: refusing.reduce((sum, addition) => sum + refusalsOf(addition), 0),
    again,
  };
}

/**
 * What goes into one transaction each. Every batch with a stranger's request writes the API's item: where it is in the way
 * of others, it is not in the way of keys.
 */
function chunksOf(additions: readonly Addition[]): Addition[][] {
  const [ofApi = [], ofKeys = []] = [true, false].map((isApi) =>
    additions.filter(({ subject }) => (subject === apiSubject) === isApi),
  );
  const chunks = Array.from({ length: Math.ceil(ofKeys.length / subjectsAtOnce) }, (_, index) =>
    ofKeys.slice(index * subjectsAtOnce, (index + 1) * subjectsAtOnce),
  );
  return ofApi.length === 0 ? chunks : [...chunks, ofApi];
}

function refusalsOf({ refused }: Addition): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}

/** The same for the same lines, in whatever order they come. */
function nameOf(logGroup: string, logEvents: readonly LoggedLine[]): string {
  const ids = logEvents.map(({ id }) => id).sort();
  return createHash('sha256')
    .update([logGroup, ...ids].join('\n'))
    .digest('hex');
}

/** Some at once; all of them are tried, whatever becomes of one. @returns what failed */
async function each<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<unknown[]> {
  const failures: unknown[] = [];
  const waiting = items.values();
  const take = async () => {
    for (const item of waiting) await act(item).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: Math.min(writesAtOnce, items.length) }, take));
  return failures;
}
