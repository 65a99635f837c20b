/**
 * The Usage item (partition key `subscriptionId`, sort key `period`): flat attributes, so that one `UpdateItem` can add
 * to all of them, and an item stays under 1 KB, which is one write unit.
 *
 * `total`; `d01`..`d31` requests per day; `k_<keyId>` requests per key; `u_<keyId>_<version>` last use of a secret
 * version in epoch seconds; `quota` and `tier` as of the last request.
 */
export const dayAttribute = (at: number): string => `d${new Date(at).toISOString().slice(8, 10)}`;
export const keyAttribute = (keyId: string): string => `k_${keyId}`;
export const lastUseAttribute = (keyId: string, version: number | string): string => `u_${keyId}_${version}`;

/** A month's usage of a subscription. */
export interface Usage {
  readonly total: number;
  /** Requests by day (`2026-11-23`), days without any left out. */
  readonly days: Readonly<Record<string, number>>;
  /** Requests by key id. */
  readonly keys: Readonly<Record<string, number>>;
  /** The quota that the last request was counted against. */
  readonly quota?: number;
  readonly tier?: string;
}

/** Reads an item; an absent one is a month without a request. */
export function readUsage(item: Readonly<Record<string, unknown>> | undefined, period: string): Usage {
  const entries = Object.entries(item ?? {});
  const numbers = (pattern: RegExp, name: (match: string) => string) =>
    Object.fromEntries(
      entries
        .flatMap(([attribute, value]): [string, number][] => {
          const match = pattern.exec(attribute)?.[1];
          return match === undefined ? [] : [[name(match), Number(value)]];
        })
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  return {
    total: Number(item?.['total'] ?? 0),
    days: numbers(/^d(\d\d)$/, (day) => `${period}-${day}`),
    keys: numbers(/^k_(.+)$/, (keyId) => keyId),
    ...(item?.['quota'] === undefined ? {} : { quota: Number(item['quota']) }),
    ...(item?.['tier'] === undefined ? {} : { tier: String(item['tier']) }),
  };
}
