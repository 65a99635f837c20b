import { NotFoundError, ValidationError } from '../runtime/errors.ts';
import { loggableKey, matchesHash, parseKey } from './rules/key-format.ts';
import type { KeyItem } from './rules/key-item.ts';
import { type KeyView, keyView } from './rules/key-view.ts';
import { isLive } from './rules/lifecycle.ts';
import type { KeyStore } from './stores/key-store.ts';
import type { PepperStore } from './stores/pepper-store.ts';

/** Which version of the key a presented secret is, and whether it still works. */
export interface PresentedSecret {
  readonly version: number;
  readonly state: 'live' | 'retired';
}

/**
 * Looks a key up by its id, or by the whole key as a customer or a leak report presents it.
 * @throws NotFoundError also for a whole key whose id exists but whose secret was never, or no longer is known to be, this key's
 * @throws ValidationError for a text that is no key
 */
export async function getKey(
  request: { readonly keyId?: string | undefined; readonly apiKey?: string | undefined },
  now: Date,
  { keys, peppers }: { keys: KeyStore; peppers: PepperStore },
): Promise<KeyView & { presented?: PresentedSecret }> {
  const { apiKey } = request;
  if (apiKey === undefined) return keyView(await find(request.keyId ?? '', keys), now);

  const parsed = parseKey(apiKey);
  if (parsed === undefined) {
    throw new ValidationError('apiKey: is not a whole key, or is mistyped: its checksum does not match');
  }
  const key = await find(parsed.keyId, keys);
  const presented = await identify(apiKey, key, now, peppers);
  if (presented === undefined)
    throw new NotFoundError(`there is no key ${loggableKey(apiKey)} with that secret`);
  return { ...keyView(key, now), presented };
}

async function find(keyId: string, keys: KeyStore): Promise<KeyItem> {
  const key = await keys.get(keyId);
  if (key === undefined) throw new NotFoundError(`there is no key ${keyId}`);
  return key;
}

async function identify(
  apiKey: string,
  key: KeyItem,
  now: Date,
  peppers: PepperStore,
): Promise<PresentedSecret | undefined> {
  for (const secret of [...key.secrets, ...key.retired]) {
    const pepper = await peppers.byName(secret.pepper);
    if (pepper === undefined || !matchesHash(apiKey, pepper, secret.hash)) continue;
    const live = 'createdAt' in secret && isLive(secret, now);
    return { version: secret.version, state: live ? 'live' : 'retired' };
  }
  return undefined;
}
