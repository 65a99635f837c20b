import type { Immutable } from '../../runtime/rules/immutable.ts';

/** What can be unusual. */
export const alertKinds = [
  /** Many more requests than usual. */
  'surge',
  /** A steady key from which nothing comes any more. */
  'silence',
  /** A key that nobody had used for weeks is in use again. */
  'woke-up',
  /** Many requests that were refused: 401, 403 or 429. */
  'refusals',
  /** A key that was used from few networks is used from another. */
  'new-network',
  /** 50, 80 or 100 % of the month's requests are used. */
  'quota-threshold',
  /** At this pace the month's requests are used up before the month is over. */
  'quota-forecast',
] as const;

export type AlertKind = (typeof alertKinds)[number];

/** Whether it is about the requests of the month, which no key's secret changes. */
export const isAboutMonth = (kind: AlertKind): boolean =>
  kind === 'quota-threshold' || kind === 'quota-forecast';

/** From least to most urgent. */
export const severities = ['info', 'warning', 'critical'] as const;

export type Severity = (typeof severities)[number];

export const isAtLeast = (severity: Severity, least: Severity): boolean =>
  severities.indexOf(severity) >= severities.indexOf(least);

/** The statuses by which the API refuses a request that brings a key. */
export const refusalStatuses = ['401', '403', '429'] as const;

export type RefusalStatus = (typeof refusalStatuses)[number];

/** What one look at a key, a subscription, or the API as a whole sees. */
export type Sight = Immutable<{
  /** What is seen happened in [from, to): epoch milliseconds, `to` after `from`. It may be several hours, or part of one. */
  from: number;
  to: number;
  /** Admitted requests in that time. */
  requests: number;
  /** Refused requests in that time, by status; none where a status is absent. */
  refused: Partial<Record<RefusalStatus, number>>;
  /** Source networks seen in that time (`198.51.100.0/24`, `2001:db8:12::/48`), at most 39 of them. */
  networks: string[];
  /** Of a key: whether it was suspended by then. Its silence, and that it was refused with 401, are what was wanted. */
  isSuspended?: boolean;
  /** Networks from which the owner wants no requests: they have answered an alert by ending the secret or the key. */
  unwanted?: string[];
  /** Of a subscription: its month so far, at `to`. */
  quota?: { period: string; used: number; limit: number };
}>;

/** Something that is unusual now: while it lasts, each look tells it again, with what it is by then. */
export interface Signal {
  readonly kind: AlertKind;
  readonly severity: Severity;
  /**
   * What distinguishes two incidents of one kind that can be open at once: the status of `refusals`, the month and
   * percentage of `quota-threshold` (`2026-11/80`), the (first) network of `new-network`; empty for the others.
   */
  readonly of: string;
  /** One or two sentences in plain words, times in UTC: what was seen, and what is usual. Plain text. */
  readonly explanation: string;
  /** The figures behind the explanation. */
  readonly facts: Readonly<Record<string, string | number>>;
}
