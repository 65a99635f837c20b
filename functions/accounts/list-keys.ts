import type { KeyStore } from '../keys/index.ts';
import type { KeyItem } from '../keys/rules/index.ts';

export interface KeyPage {
  readonly items: readonly KeyItem[];
  /** Id behind which the next page begins; absent on the last one. */
  readonly next?: string;
}

/** One page of an account's keys, revoked ones too, in the order of their ids. */
export async function listKeyPage(
  {
    subscriptionId,
    limit,
    after,
  }: { readonly subscriptionId: string; readonly limit: number; readonly after?: string | undefined },
  keys: Pick<KeyStore, 'get' | 'idsOf'>,
): Promise<KeyPage> {
  const { keyIds, more } = await keys.idsOf(subscriptionId, limit, after);
  const found = await Promise.all(keyIds.map((keyId) => keys.get(keyId)));
  const items = found.filter((item) => item !== undefined);
  const last = keyIds.at(-1);
  return { items, ...(more && last !== undefined ? { next: last } : {}) };
}

/** Ids of all keys of an account, revoked ones too. */
export async function allKeyIds(subscriptionId: string, keys: Pick<KeyStore, 'idsOf'>): Promise<string[]> {
  const all: string[] = [];
  let after: string | undefined;
  do {
    const { keyIds, more } = await keys.idsOf(subscriptionId, 100, after);
    all.push(...keyIds);
    after = more ? keyIds.at(-1) : undefined;
  } while (after !== undefined);
  return all;
}
