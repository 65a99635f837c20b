import type { ActivityItem, Counted } from './activity-item.ts';
import { type RefusalStatus, refusalStatuses, type Sight } from './signal.ts';

const hour = 3_600_000;

/** The beginning of the hour that a moment (epoch milliseconds) lies in. */
export const hourOf = (at: number): number => Math.floor(at / hour) * hour;

/** What a look reads beside the item. */
export interface Reading {
  /** Epoch milliseconds at which it was read. */
  readonly now: number;
  /** The month that it lies in. */
  readonly period: { readonly name: string; readonly startsAt: number };
  /** Requests in that month so far. */
  readonly requests: number;
  /** Requests in the whole month of the last look, where that is another one. */
  readonly formerRequests?: number | undefined;
  /** ISO 8601: the earliest request since the last look, if there was one. */
  readonly firstAt?: string | undefined;
  /** Since when there is the key or the subscription; undefined where that is not known. */
  readonly createdAt?: string | undefined;
}

export interface Seen {
  /** One, or two where a time without any request came before: the model learns from both. */
  readonly sights: readonly [Sight] | readonly [Sight, Sight];
  /** What the next look counts from. */
  readonly counted: Counted;
}

/** What happened since the last look. */
export function seenOf(item: Partial<ActivityItem>, reading: Reading): Seen {
  const { now, period, requests } = reading;
  const refusals = {
    refused401: item.refused401 ?? 0,
    refused403: item.refused403 ?? 0,
    refused429: item.refused429 ?? 0,
  };
  const first =
    reading.firstAt === undefined ? undefined : Math.min(hourOf(Date.parse(reading.firstAt)), now - 1);
  const through = item.through === undefined ? undefined : Date.parse(item.through);
  const from = Math.max(through ?? 0, first ?? through ?? hourOf(now - 1));
  if (!(from < now)) throw new Error(`the last look, ${item.through}, is no time before this one`);
  const sight: Sight = {
    from,
    to: now,
    requests: requestsSince(item.counted, reading, from),
    refused: refusedSince(item.counted, refusals),
    networks: [...(item.networks ?? [])],
  };
  const silence = { requests: 0, refused: {}, networks: [] };
  return {
    sights:
      through !== undefined && through < from ? [{ from: through, to: from, ...silence }, sight] : [sight],
    counted: { period: period.name, requests, ...refusals },
  };
}

/** Counts begin anew with each month: of two months, what was left of the one and what there is of the other. */
function requestsSince(counted: Counted | undefined, reading: Reading, from: number): number {
  const { period, requests, formerRequests = 0 } = reading;
  if (counted === undefined) return firstRequests(reading, from);
  if (counted.period === period.name) return Math.max(0, requests - counted.requests);
  return Math.max(0, formerRequests - counted.requests) + requests;
}

/**
 * The first look at what was there before finds the month's requests so far, and is about its last hour or so: it takes
 * its share of them. Where it is as new as it looks, that is all of them.
 */
function firstRequests({ now, period, requests, createdAt }: Reading, from: number): number {
  const since = Math.max(period.startsAt, createdAt === undefined ? 0 : Date.parse(createdAt));
  if (since >= from) return requests;
  return Math.round((requests * (now - from)) / (now - since));
}

function refusedSince(
  counted: Counted | undefined,
  refusals: Pick<Counted, `refused${RefusalStatus}`>,
): Sight['refused'] {
  const since = refusalStatuses.map((status) => {
    const name = `refused${status}` as const;
    return [status, Math.max(0, refusals[name] - (counted?.[name] ?? 0))] as const;
  });
  return Object.fromEntries(since.filter(([, count]) => count > 0));
}
