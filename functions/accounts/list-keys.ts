import type { KeyStore } from '../keys/index.ts';
import type { KeyItem } from '../keys/rules/index.ts';

export interface ListedKeys {
  readonly items: readonly KeyItem[];
  /** Id behind which the next page begins; absent on the last one. */
  readonly next?: string;
}

/** One page of an account's keys, revoked ones too, in the order of their ids. */
export async function listAllKeys(
  {
    subscriptionId,
    limit,
    after,
  }: { readonly subscriptionId: string; readonly limit: number; readonly after?: string | undefined },
  keys: Pick<KeyStore, 'get' | 'idsOf'>,
): Promise<ListedKeys> {
  const { keyIds, more } = await keys.idsOf(subscriptionId, limit, after);
  const found = await Promise.all(keyIds.map((keyId) => keys.get(keyId)));
  const items = found.filter((item) => item !== undefined);
  const last = keyIds.at(-1);
  return { items, ...(more && last !== undefined ? { next: last } : {}) };
}
