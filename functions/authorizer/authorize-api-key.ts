import { isLive, isSuspended, type KeyItem, matchesHash, type PepperStore, parseKey } from '../keys/index.ts';
import type { RefusalReason } from './contract.ts';
import type { KeyReader } from './stores/key-reader.ts';

export type Authorization =
  | { readonly kind: 'accepted'; readonly key: KeyItem; readonly version: number }
  | {
      readonly kind: 'refused';
      readonly reason: RefusalReason;
      /** The key that was named, where there is one of that id: whoever presented it need not be its owner. */
      readonly key?: Pick<KeyItem, 'keyId' | 'subscriptionId' | 'tier'>;
    };

/**
 * Decides about one presented key: no I/O for what is no key, otherwise one read.
 * Throws when something it depends on fails; a caller must treat that as "cannot say", never as "accepted".
 */
export async function authorizeApiKey(
  presented: string,
  now: number,
  { keys, peppers }: { keys: KeyReader; peppers: PepperStore },
): Promise<Authorization> {
  const parsed = parseKey(presented);
  if (parsed === undefined) return refused('malformed');
  const key = await keys.get(parsed.keyId);
  if (key === undefined) return refused('unknown-key');
  // Nothing of the product writes an item without a revision, and nothing of it would be on record.
  if (!Number.isSafeInteger(key.revision)) throw new Error(`key ${parsed.keyId} is not on record`);

  const matching = await matchingVersions(presented, key.secrets, peppers);
  if (matching.length === 0) {
    return refused(await whyUnmatched(presented, key, peppers), key);
  }
  if (key.revokedAt !== undefined) return refused('revoked', key);
  if (isSuspended(key)) return refused('suspended', key);
  // A late sweep must not keep a dead secret alive: the item's own times decide.
  const live = matching.find((secret) => isLive(secret, new Date(now)));
  return live === undefined
    ? refused('retired-secret', key)
    : { kind: 'accepted', key, version: live.version };
}

/** For the log alone: somebody still uses an old secret, or has never had a right one. */
async function whyUnmatched(presented: string, key: KeyItem, peppers: PepperStore): Promise<RefusalReason> {
  for (const { hash, pepper: name } of key.retired) {
    const pepper = await peppers.byName(name);
    if (pepper === undefined || !matchesHash(presented, pepper, hash)) continue;
    return key.revokedAt === undefined ? 'retired-secret' : 'revoked';
  }
  return 'wrong-secret';
}

function refused(reason: RefusalReason, key?: KeyItem): Authorization {
  return { kind: 'refused', reason, ...(key === undefined ? {} : { key }) };
}

/** Compares with every version, match or not, so that the time taken tells nothing about which one matched. */
async function matchingVersions(
  presented: string,
  secrets: KeyItem['secrets'],
  peppers: PepperStore,
): Promise<KeyItem['secrets'][number][]> {
  const matching: KeyItem['secrets'][number][] = [];
  for (const secret of secrets) {
    const pepper = await peppers.byName(secret.pepper);
    // Not "refused": the key may be right, and its owner must not be told otherwise.
    if (pepper === undefined) throw new Error(`pepper ${secret.pepper} is not in the pepper secret`);
    if (matchesHash(presented, pepper, secret.hash)) matching.push(secret);
  }
  return matching;
}
