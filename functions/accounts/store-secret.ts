import type { KeyStore } from '../keys/index.ts';
import { changed, handoverStored, type TimerPolicy } from '../keys/rules/index.ts';
import { commit, type DocumentClient, retryContended } from '../runtime/dynamodb.ts';
import { ConflictError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { ownKey } from './own-key.ts';

/**
 * Ends the handover of a key's newest secret, for its owner has stored it: the ciphertext is destroyed, and no link shows it
 * any more. Saying so again changes nothing.
 * @throws NotFoundError; ConflictError where the version is not the newest
 */
export async function storeSecret(
  {
    subscriptionId,
    keyId,
    version,
  }: { readonly subscriptionId: string; readonly keyId: string; readonly version: number },
  act: Act,
  {
    client,
    keys,
    policy,
  }: { readonly client: DocumentClient; readonly keys: KeyStore; readonly policy: TimerPolicy },
): Promise<{ keyId: string; version: number }> {
  const change = changeOf('store-secret', act);
  return retryContended(async () => {
    const key = await ownKey(keyId, subscriptionId, keys);
    const newest = Math.max(0, ...key.secrets.map((secret) => secret.version));
    if (version !== newest) {
      throw new ConflictError(`version ${version} is not the newest secret of key ${keyId}`);
    }
    const { handover } = key;
    if (handover?.version !== version || handover.ciphertext === undefined) return { keyId, version };
    const next = changed(key, { handover: handoverStored(handover, change) }, change, policy);
    const outcome = await commit(client, [keys.replacement(next)]);
    return outcome.kind === 'written' ? { keyId, version } : undefined;
  }, 'the secret is still kept');
}
