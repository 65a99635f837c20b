import type { KeyStore } from '../keys/index.ts';
import type { KeyItem } from '../keys/rules/index.ts';
import { NotFoundError } from '../runtime/errors.ts';

/**
 * One of the account's own keys. Another's is answered as if there were none: whether an id exists is nobody's business.
 * @throws NotFoundError
 */
export async function ownKey(
  keyId: string,
  subscriptionId: string,
  keys: Pick<KeyStore, 'get'>,
): Promise<KeyItem> {
  const key = await keys.get(keyId);
  if (key === undefined || key.subscriptionId !== subscriptionId) {
    throw new NotFoundError(`there is no key ${keyId}`);
  }
  return key;
}
