import { type KeyItem, matchesHash, type PepperStore, parseKey } from '../keys/index.ts';
import type { RefusalReason } from './contract.ts';
import type { KeyReader } from './stores/key-reader.ts';

export type Authorization =
  | { readonly kind: 'accepted'; readonly key: KeyItem; readonly version: number }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

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

  const matching = await matchingVersions(presented, key, peppers);
  if (matching.length === 0) {
    const known = await matchingVersions(presented, { secrets: key.retired }, peppers);
    if (known.length === 0) return refused('wrong-secret');
    return refused(key.revokedAt === undefined ? 'retired-secret' : 'revoked');
  }
  if (key.revokedAt !== undefined) return refused('revoked');
  if (Object.keys(key.suspensions).length > 0) return refused('suspended');
  // A late sweep must not keep a dead secret alive: the item's own times decide.
  const live = matching.find(({ retiresAt }) => retiresAt === undefined || Date.parse(retiresAt) > now);
  return live === undefined ? refused('retired-secret') : { kind: 'accepted', key, version: live.version };
}

function refused(reason: RefusalReason): Authorization {
  return { kind: 'refused', reason };
}

interface HashedVersion {
  readonly version: number;
  readonly hash: string;
  readonly pepper: string;
  readonly retiresAt?: string;
}

/** Compares with every version, match or not, so that the time taken tells nothing about which one matched. */
async function matchingVersions(
  presented: string,
  { secrets }: { secrets: readonly HashedVersion[] },
  peppers: PepperStore,
): Promise<HashedVersion[]> {
  const matching: HashedVersion[] = [];
  for (const secret of secrets) {
    const pepper = await peppers.byName(secret.pepper);
    // Not "refused": the key may be right, and its owner must not be told otherwise.
    if (pepper === undefined) throw new Error(`pepper ${secret.pepper} is not in the pepper secret`);
    if (matchesHash(presented, pepper, secret.hash)) matching.push(secret);
  }
  return matching;
}
