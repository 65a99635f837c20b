import { formatKey, generateSecret, hashKey } from './rules/key-format.ts';
import type { Handover, SecretVersion } from './rules/key-item.ts';
import type { HandoverBox } from './stores/handover-box.ts';
import { idempotencyWindowSeconds } from './stores/idempotency-store.ts';
import type { PepperStore } from './stores/pepper-store.ts';

export interface MintedSecret {
  /** The whole key. It leaves in one answer and is stored nowhere in clear. */
  readonly apiKey: string;
  readonly secret: Pick<SecretVersion, 'hash' | 'pepper'>;
  readonly handover?: Handover;
}

/**
 * Makes a new secret for a key and hashes it with the current pepper.
 * @param repeatable whether the answer may be asked for again (the request had an `idempotencyKey`): then the secret is
 *   kept, encrypted, for as long as the key may be repeated
 */
export async function mintSecret(
  key: { prefix: string; keyId: string; version: number },
  { repeatable, now }: { repeatable: boolean; now: Date },
  { peppers, handovers }: { peppers: PepperStore; handovers: HandoverBox },
): Promise<MintedSecret> {
  const pepper = await peppers.current();
  const apiKey = formatKey({ prefix: key.prefix, keyId: key.keyId, secret: generateSecret() });
  const minted = { apiKey, secret: { hash: hashKey(apiKey, pepper.value), pepper: pepper.name } };
  if (!repeatable) return minted;
  const { keyId, version } = key;
  const ciphertext = await handovers.seal(apiKey, { keyId, version });
  const expiresAt = new Date(now.getTime() + idempotencyWindowSeconds * 1000).toISOString();
  return { ...minted, handover: { version, ciphertext, expiresAt } };
}
