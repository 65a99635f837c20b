import type { KeyStore } from '../keys/index.ts';
import type { KeyItem } from '../keys/rules/index.ts';
import { commit, type DocumentClient, retryContended, type Write } from '../runtime/dynamodb.ts';

/**
 * Writes the next revision of a key as it is by now, however often others write in between.
 * @param decide the next revision; undefined where there is nothing to change (any more)
 * @returns what was written
 */
export async function changeKey(
  keyId: string,
  decide: (
    key: KeyItem,
  ) => KeyItem | undefined | Promise<{ key: KeyItem; others: readonly Write[] } | undefined>,
  { client, keys }: { readonly client: DocumentClient; readonly keys: KeyStore },
): Promise<KeyItem | undefined> {
  const outcome = await retryContended(async () => {
    const key = await keys.get(keyId);
    const decided = key === undefined ? undefined : await decide(key);
    if (decided === undefined) return { written: undefined };
    const { key: next, others } = 'others' in decided ? decided : { key: decided, others: [] };
    const { kind } = await commit(client, [keys.replacement(next), ...others]);
    return kind === 'written' ? { written: next } : undefined;
  }, 'nothing was written');
  return outcome.written;
}
