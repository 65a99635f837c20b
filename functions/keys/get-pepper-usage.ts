import { isLive } from './rules/lifecycle.ts';
import type { KeyStore } from './stores/key-store.ts';
import type { PepperVault } from './stores/pepper-vault.ts';

export interface PepperUsage {
  /** The pepper that new secrets are hashed with. */
  readonly current: string;
  /** Live secrets by the name of their pepper; 0 for one that none uses any more. */
  readonly liveSecrets: Readonly<Record<string, number>>;
}

/** Counts which peppers live secrets still use. Looks at every key, so it takes as long as there are keys. */
export async function getPepperUsage(
  now: Date,
  { keys, vault }: { keys: KeyStore; vault: PepperVault },
): Promise<PepperUsage> {
  const { current, peppers } = await vault.read();
  const counts = new Map(peppers.map((name) => [name, 0]));
  for await (const key of keys.all()) {
    for (const secret of key.secrets) {
      if (isLive(secret, now)) counts.set(secret.pepper, (counts.get(secret.pepper) ?? 0) + 1);
    }
  }
  return { current, liveSecrets: Object.fromEntries(counts) };
}
