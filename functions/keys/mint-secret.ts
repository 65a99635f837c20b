import type { SealedSecret } from './rules/handover.ts';
import { formatKey, generateSecret, hashKey } from './rules/key-format.ts';
import type { SecretVersion } from './rules/key-item.ts';
import type { HandoverBox } from './stores/handover-box.ts';
import type { PepperStore } from './stores/pepper-store.ts';

export interface MintedSecret {
  /** The whole key. It leaves in one answer or one mail and is stored nowhere in clear. */
  readonly apiKey: string;
  readonly secret: Pick<SecretVersion, 'hash' | 'pepper'>;
  readonly sealed?: SealedSecret;
}

/**
 * Makes a new secret for a key and hashes it with the current pepper.
 * @param seal whether anybody is to get the secret later: its owner, or whoever repeats the request
 */
export async function mintSecret(
  key: { prefix: string; keyId: string; version: number },
  seal: boolean,
  { peppers, handovers }: { peppers: PepperStore; handovers: HandoverBox },
): Promise<MintedSecret> {
  const pepper = await peppers.current();
  const apiKey = formatKey({ prefix: key.prefix, keyId: key.keyId, secret: generateSecret() });
  const minted = { apiKey, secret: { hash: hashKey(apiKey, pepper.value), pepper: pepper.name } };
  if (!seal) return minted;
  const { keyId, version } = key;
  return { ...minted, sealed: { version, ciphertext: await handovers.seal(apiKey, { keyId, version }) } };
}
